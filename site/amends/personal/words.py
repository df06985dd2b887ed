"""What people write before a number: whether it is a phone's, a card's, or one of the many others."""

import re
from dataclasses import dataclass
from functools import cache

from amends.personal.fold import GAP, fold
from amends.personal.model import Kind

# By language. A star stands for the rest of a word; a low line for a space.
_PHONE = {
    "en": "tel telephone* phone* mobile cell cellphone landline call call_me call_us ring reach_me text_me"
    " whatsapp wa.me viber telegram signal fax hotline dial mob ph callback contact_number",
    "de": "telefon* tel.-nr tel.nr telnr handy* mobil mobilnummer mobiltelefon rufnummer* rückruf* anruf* rufen"
    " erreich* festnetz* durchwahl",
    "fr": "tél tél. téléphone* telephone* portable gsm joign* joindre appel* rappel* fixe numéro_de_portable",
    "es": "teléfono* telefono* móvil* movil celular* llám* llam* fijo tfno telf tlf cel",
    "pt": "telefone* telemóvel telemovel celular* lig* contacto contato fone",
    "it": "telefono* cellulare* cell chiam* recapito fisso richiam*",
    "nl": "telefoon* mobiel* bel bellen belt bereik* gsm terugbel* 06-nummer",
    "pl": "telefon* komórk* kom dzwoń zadzwoń* tel. dzwon*",
    "cs": "telefon* mobil* volat volejte zavol* tel.č",
    "sk": "telefón* mobil* volať zavol*",
    "ru": "тел телефон* моб мобильн* сотов* звон* позвон* перезвон* набер* дозвон* ватсап* вотсап* вайбер* факс связ*",
    "uk": "тел телефон* моб мобільн* дзвон* зателефон* передзвон* подзвон* наберіть вайбер*",
    "bg": "тел телефон* мобилен gsm обад* звън*",
    "sr": "тел телефон* telefon* mobilni pozov* poziv*",
    "tr": "telefon* cep gsm ara arayın arayin aray* arama",
    "sv": "telefon* tfn mobil* ring ringa ringer nå_mig tel.nr",
    "da": "telefon* tlf mobil* ring ringe",
    "nb": "telefon* tlf mobil* ring ringe",
    "fi": "puh puhelin* puhelinnumero* soita* soitta* kännykkä* gsm",
    "hu": "telefon* tel mobil* hív* hívj* telefonszám*",
    "ro": "telefon* mobil* sun* suna* sună*",
    "el": "τηλ τηλέφων* τηλεφων* κινητ* καλέστε* πάρτε* φαξ",
    "he": "טלפון טל' נייד פלאפון התקשר תתקשר להתקשר",
    "ar": "هاتف تلفون تليفون جوال موبايل محمول اتصل الاتصال اتصال واتساب رقمي للتواصل تواصل",
    "fa": "تلفن موبایل تماس همراه زنگ واتساپ شماره‌ام",
    "hi": "फ़ोन फोन फ़ोन मोबाइल कॉल व्हाट्सएप दूरभाष संपर्क",
    "bn": "ফোন মোবাইল কল",
    "zh": "电话 電話 手机 手機 致电 致電 拨打 撥打 联系 聯絡 聯繫 打给 打給 微信 座机 传真 傳真 来电 來電",
    "ja": "電話 携帯 でんわ けいたい 連絡先 ご連絡 ファックス 着信",
    "ko": "전화 휴대폰 핸드폰 연락 문자 팩스",
    "th": "โทร เบอร์ มือถือ ติดต่อ",
    "vi": "điện_thoại sđt đt gọi liên_hệ di_động hotline zalo",
    "id": "telepon* telp hp hubungi nomor_wa wa ponsel",
}
_OTHER = {
    "en": "order orders order-no orderno purchase tracking track parcel* package* shipment* consignment* invoice*"
    " ref reference* ticket* case article* item* product_n* sku serial* s/n sn id account* customer_n* client_n*"
    " isbn ean gtin upc barcode imei iccid vat tax* ssn ein flight* booking* reservation* confirmation* policy"
    " contract* claim* meter* model part_n* voucher* coupon* code* pin version receipt* transaction* passport*"
    " licen* waybill awb batch lot registration complaint_n* docket po membership* member_n* enquiry inquiry"
    " request_n* quote",
    "de": "bestell* auftrag* rechnung* kundennummer kundennr kunden-nr kd.-nr sendung* paket* artikel* art.-nr"
    " ticket* vorgang* aktenzeichen az steuer* ust* vertrag* serien* referenz* beleg* plz buchung* hrb fall*"
    " zähler* gutschein* mitglied* lieferschein* reklamation* seriennr fahrgestell* gerätenummer reservierung*"
    " modell*",
    "fr": "commande* colis facture* suivi référence* réf dossier* contrat* siret siren tva série billet*"
    " réservation* article* numéro_de_client numéro_client n°_client expédition* livraison_n* reçu* code* bon"
    " compteur réclamation*",
    "es": "pedido* factura* envío* envio* seguimiento referencia* número_de_cliente nif cif dni artículo*"
    " articulo* contrato* reserva* caso expediente* orden paquete* guía albarán código* codigo* serie rut cuit"
    " rfc recibo* reclamación* compra* folio",
    "pt": "pedido* encomenda* fatura* rastreio rastreamento rastrear cpf cnpj nif protocolo* nota_fiscal"
    " contrato* reserva* código* codigo* referência* artigo* compra* série boleto número_de_cliente objeto",
    "it": "ordin* fattura* spedizion* codice* partita_iva p.iva p._iva numero_cliente articol* pratica*"
    " contratto* prenotazion* riferimento rif pacco tracciamento scontrino* serie seriale biglietto* reclamo*",
    "nl": "bestelling* bestelnummer* bestelnr factuur* klantnummer* zending* pakket* artikel* btw* kvk* bsn"
    " referentie* track* serienummer* contract* boeking* reservering* dossier* ordernummer* zaaknummer* kenmerk",
    "pl": "zamówieni* zamowieni* faktur* przesył* paczk* nip regon pesel numer_klienta artykuł* seryjn* umow*"
    " rezerwacj* zgłoszeni* reklamacj* konta list_przewozowy",
    "cs": "objednáv* objednav* faktur* zásilk* balík* ičo dič ič číslo_zákazníka smlouv* sériov* rezervac*"
    " reklamac* referen* účet zakázk*",
    "sk": "objednáv* faktúr* zásielk* balík* ičo dič zmluv* reklamáci*",
    "ru": "заказ* трек* посыл* отправлен* накладн* инн снилс артикул* договор* обращени* заявк* счет* счёт* чек"
    " чека кпп огрн серийн* брон* билет* номер_клиента клиента квитанци* претензи* полис* идентификатор* шпи лот"
    " штрихкод* штрих-код* паспорт* товар* код кода кодом рейс* претензи*",
    "uk": "замовлен* посилк* накладн* ттн іпн єдрпоу договір* договор* рахунк* рахунок артикул* звернен* бронюв*"
    " код квитанці* відправлен* трек* чек чека",
    "bg": "поръчк* пратк* фактур* егн еик булстат товарителниц* договор*",
    "sr": "поруџбин* porudžbin* narudžb* račun* pošiljk* pib",
    "tr": "sipariş* siparis* fatura* kargo* takip* tckn tc_kimlik vergi* ürün* seri* rezervasyon* referans*"
    " sözleşme* müşteri_n* gönderi* barkod*",
    "sv": "ordernummer* ordernr orderbekräft* beställ* faktura* kundnummer kundnr paket* försänd* personnummer*"
    " orgnr organisationsnummer ärende* artikel* kolli* spår* bokning* referens* serienummer*",
    "da": "ordre* bestilling* faktura* pakke* cvr* sag* varenummer* kundenummer* booking* sporing* forsendelse*",
    "nb": "ordre* bestilling* faktura* pakke* orgnr sak* varenummer* kundenummer* sporing* forsendelse* kid",
    "fi": "tilau* lasku* lähety* paketti* paketin seuranta* seuranna* tuote* tuotte* y-tunnus asiakasnumero*"
    " viite* varau* sopimu* sarjanumero*",
    "hu": "rendelés* megrendelés* számla* számlaszám* csomag* adószám* ügyfélszám* cikkszám* szerződés* foglalás*"
    " azonosító*",
    "ro": "comand* factur* colet* awb cui cnp cod* serie* contract* rezervar* număr_de_client",
    "el": "παραγγελ* τιμολόγ* τιμολογ* αποστολ* δέμα* δεμα* αφμ κωδικ* κράτηση* απόδειξη* προϊόν*",
    "he": "הזמנה הזמנת חשבונית משלוח מעקב ח.פ עוסק מספר_לקוח פנייה קבלה אסמכתא חבילה",
    "ar": "طلب طلبي الطلبية فاتورة الفاتورة شحن شحنة تتبع طرد مرجع ضريب حساب رقم_العميل بوليصة حجز تذكرة منتج"
    " إيصال عقد معاملة",
    "fa": "سفارش فاکتور مرسوله پیگیری رهگیری کد_ملی کد شناسه قرارداد رزرو محصول بسته",
    "hi": "ऑर्डर आर्डर बिल ट्रैकिंग संदर्भ जीएसटी चालान शिकायत रसीद पार्सल बुकिंग खाता पिन_कोड कोड उत्पाद",
    "bn": "অর্ডার চালান ট্র্যাকিং",
    "zh": "订单 訂單 单号 單號 运单 運單 快递 快遞 包裹 发票 發票 编号 編號 货号 貨號 统一编号 統編 合同 流水"
    " 序列 条码 條碼 追踪 追蹤 参考 參考 型号 型號 账号 帳號 会员 會員 身份证 身分證 预订 預訂 航班 物流 投诉号"
    " 案件 工单",
    "ja": "注文 伝票 追跡 問い合わせ番号 問合せ番号 お問い合せ番号 請求 商品 型番 予約 会員 管理番号 法人番号"
    " 製造 受付 シリアル 品番 口座 顧客番号 荷物 オーダー 送り状 整理番号 バーコード",
    "ko": "주문 송장 배송 청구 참조 접수 사업자 상품 일련 예약 회원 계좌 등기 모델 영수증 택배",
    "th": "คำสั่งซื้อ ออเดอร์ พัสดุ ใบแจ้งหนี้ เลขที่ ใบเสร็จ รหัส อ้างอิง จอง ติดตาม",
    "vi": "đơn_hàng mã vận_đơn hóa_đơn mst hợp_đồng đặt_chỗ",
    "id": "pesanan resi faktur npwp invoice kode nomor_pelanggan",
}
_CARD = {
    "": "card* cards visa mastercard maestro amex karte* kreditkarte* debitkarte* carte* tarjeta* cartão* cartao*"
    " carta kaart* creditcard* kart* karty karta* karte карт* картк* kortti* kortin kort kortet kortnummer*"
    " kártya* kártyá* κάρτα* κάρτας כרטיס אשראי بطاقة بطاقتي کارت कार्ड কার্ড 卡号 卡號 信用卡 银行卡 銀行卡 储蓄卡"
    " 借记卡 カード 카드 บัตร thẻ kartu*",
}
_MAIL = {
    "": "mail* e-mail* email* mailto write schreib* courriel écri* correo* escrib* posta* scriv* poczt* почт*"
    " пиш* напиш* пошт* имейл* имэйл* мейл* мыл* sähköposti* эл* eposta e-posta* בריד מייל דוא بريد ایمیل ईमेल इमेल"
    " 邮箱 郵箱 邮件 郵件 電郵 メール メルアド 메일 อีเมล contact*",
}
# What may stand between a word and its number.
_LINKS = frozenset(
    (
        "n nr no nos num number numbers is was are of the a with id nummer nummern lautet ist war mit der die das"
        " dem von numéro numero número est es era è é com de du do di del della el la le o nº n° номер номером"
        " номера за от это під є nummeret numret är var er op het met numer to jest o č číslo je pod s szám száma"
        " numarası numaralı sayılı numero on nr-ul numărul este αριθμός αριθμό είναι με nomor số là"
    ).split()
)
_WINDOW = 40
_BEHIND = 24
_TOUCHING = 18
_SHORT = 10
_DIGIT = re.compile("[0-9]")
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")
_WORD = re.compile(r"[^\W_]+")
_WITHOUT_EDGES = re.compile(r"[\u0590-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A full stop ends a sentence behind a word of four letters: shorter ones may be abbreviations.
_BREAK = re.compile(rf"[\n!?;。！？；؟।{GAP}]|(?<=\w\w\w\w)(?<!cell)\.(?: |$)")
_COMMA = re.compile("[,、،]")
# A number sign says that a number is no phone's, if nothing else says what it is.
_SIGN = re.compile(r"[№#] ?$")


@dataclass(frozen=True, slots=True)
class Said:
    """What the nearest word before a number says that it is: a phone's, a card's, or `Kind.ORDER` for any other's.

    `at_once` is whether nothing stands between the word and the number but what belongs to them.
    """

    kind: Kind | None
    at_once: bool = False


def said_of(text: str, start: int) -> Said:
    """Return what is said of the number at `start` of a folded text."""
    window = _before(text, start)
    nearest = max(_numbers().finditer(window), key=re.Match.end, default=None)
    between = window[nearest.end() :] if nearest else ""
    if nearest is None or (nearest["other"] and _COMMA.search(between)):
        return Said(Kind.ORDER, at_once=True) if _SIGN.search(window) else Said(None)
    if nearest["other"]:
        return Said(Kind.ORDER, _only_links(between))
    return Said(Kind(nearest.lastgroup or ""), len(between) <= _TOUCHING and not _DIGIT.search(between))


def _only_links(between: str) -> bool:
    words = _WORD.findall(_DATE.sub(" ", between))
    if any(_WITHOUT_EDGES.match(word) for word in words):
        return len(between) <= _SHORT and not _DIGIT.search(between)
    return all(word in _LINKS for word in words)


def is_phone_behind(text: str, end: int) -> bool:
    """Whether a word for a phone follows the number: many languages put their verbs there."""
    window = text[end : end + _BEHIND].casefold()
    stop = re.search(rf"[\n.!?,;。！？；؟।、，{GAP}0-9]", window)
    found = _numbers().search(window[: stop.start()] if stop else window)
    return found is not None and found["phone"] is not None


def is_mail(text: str, start: int) -> bool:
    """Whether what begins at `start` is said to be an address of e-mail."""
    return _mail().search(_before(text, start)) is not None


def _before(text: str, start: int) -> str:
    window = text[max(0, start - _WINDOW) : start].casefold()
    ends = [found.end() for found in _BREAK.finditer(window)]
    return window[ends[-1] :] if ends else window


@cache
def _numbers() -> re.Pattern[str]:
    groups = {"phone": _PHONE, "other": _OTHER, "card": _CARD}
    return re.compile("|".join(f"(?P<{name}>{_any_of(words)})" for name, words in groups.items()))


@cache
def _mail() -> re.Pattern[str]:
    return re.compile(_any_of(_MAIL))


def _any_of(languages: dict[str, str]) -> str:
    words = {word for line in languages.values() for word in fold(line).text.casefold().split()}
    inside = sorted(word for word in words if _WITHOUT_EDGES.match(word))
    whole = sorted(words.difference(inside), key=len, reverse=True)
    patterns = [re.escape(word).replace("_", "[ -]?") for word in inside]
    patterns += [f"(?<![^\\W\\d_])(?:{'|'.join(map(_whole, whole))})"]
    return "|".join(patterns)


def _whole(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace("_", " ")
    return stem + (r"[^\W\d_]*" if word.endswith("*") else r"(?![^\W\d_])")
