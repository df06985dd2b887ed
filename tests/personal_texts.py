"""How people of many countries write numbers and addresses, and what they say around them. All of it is made up.

`{}` is where a number or an address stands. In a number `#` is any digit, `²` one of 2 to 9.
"""

import string
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """How people of a country write. `phrases` say that something can be reached; `orders` name another number."""

    name: str
    country: str
    phones: tuple[str, ...]
    phrases: tuple[str, ...]
    orders: tuple[str, ...]
    mails: tuple[str, ...]
    digits: str = string.digits


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _language(
    name_and_country: str, phones: str, phrases: str, orders: str, mails: str, digits: str = string.digits
) -> Language:
    name, country = name_and_country.split()
    return Language(name, country, tuple(phones.split("|")), _lines(phrases), _lines(orders), _lines(mails), digits)


LANGUAGES = (
    _language(
        "en-GB GB",
        "07### ######|+44 7### ######|020 7### ####|(0161) 4## ####|0044 7### ### ###|+44 (0)7### ######|07#########",
        """Please ring me on {}, I am in until six.
        My number is {} if the driver cannot find the door.
        Nobody has called back. {}
        I was promised a call to {} on Monday and nothing happened!""",
        """My order number is {} and it never came.
        Order {} was dispatched on Friday.
        The tracking reference {} shows nothing.
        Invoice no. {} has been paid twice.
        Ticket #{} is still open.""",
        """Write to {} with the refund, please.
        My address is {}. Thanks.""",
    ),
    _language(
        "en-US US",
        "(²0²) 555-01##|²1²-555-01##|²0².555.01##|+1 ²0² 555 01##|+1-²0²-555-01##|1-800-555-01##|²0² 555 01##",
        """Call me at {} before noon.
        You can text {} when the driver is outside.
        I left my number, {}, three times.
        Reached out twice now... {}""",
        """Order #{} still has not shipped.
        Confirmation number: {}
        USPS tracking {} has been stuck since May.
        My account number {} is locked.
        Item {} arrived broken.""",
        """Email me at {} when it ships.
        The receipt went to {} and not to me.""",
    ),
    _language(
        "de DE",
        "0171 #######|0171/#######|+49 171 #######|0049 171 #######|030 23125 ###|(030) 23125###|+49 (0)171 #######"
        "|0151-########|0172########|0 30 / 23 12 5# ##|+49.171.#######",
        """Bitte rufen Sie mich unter {} zurück.
        Tel.: {}, am besten abends.
        Sie erreichen mich unter {} oder gar nicht.
        Meine Nummer ist {}, seit Montag hat sich niemand gemeldet.
        Mein Nachbar nimmt es an, {}.""",
        """Bestellung {} ist seit drei Wochen unterwegs.
        Meine Bestellnummer lautet {}.
        Die Sendungsnummer {} kennt bei Ihnen niemand.
        Kundennummer: {}
        Rechnung Nr. {} ist doppelt abgebucht.
        Artikelnummer {} war nicht im Karton.""",
        """Schreiben Sie an {}, danke.
        Die Mail an {} kam zurück.""",
    ),
    _language(
        "fr FR",
        "06 ## ## ## ##|07.##.##.##.##|+33 6 ## ## ## ##|0033 6 ## ## ## ##|01 4# ## ## ##|06########|06-##-##-##-##"
        "|+33 (0)6 ## ## ## ##",
        """Appelez-moi au {} avant midi.
        Mon numéro : {}.
        Vous pouvez me joindre au {} toute la journée.
        Personne ne rappelle. {} Merci""",
        """Ma commande {} n'est jamais arrivée.
        Le numéro de suivi {} ne donne rien.
        Facture n° {} payée deux fois.
        Dossier {} sans réponse.""",
        """Écrivez à {} s'il vous plaît.
        Mon adresse : {}.""",
    ),
    _language(
        "es ES",
        "6## ### ###|+34 6## ## ## ##|0034 6## ### ###|91 ### ## ##|6########|7##-###-###|(+34) 6## ### ###",
        """Llámenme al {} por la tarde.
        Mi teléfono es el {}, gracias.
        Nadie contesta. Mi número: {}
        Pueden dejarlo con mi vecina, {}, por favor.""",
        """El pedido {} no ha llegado.
        Número de pedido: {}
        La factura {} está mal.
        El número de seguimiento {} no existe.""",
        """Escriban a {} con la respuesta.
        Mi correo es {}.""",
    ),
    _language(
        "it IT",
        "3## ### ####|+39 3## #######|06 69## ####|0039 3## ### ####|34########|02/48######|+39 02 48## ####",
        """Chiamatemi al {} dopo le cinque.
        Il mio numero è {} e nessuno chiama.
        Aspetto da lunedì, {}.""",
        """L'ordine {} non è arrivato.
        Numero d'ordine: {}
        La fattura {} è sbagliata.
        Codice di tracciamento {} inesistente.""",
        """Scrivetemi a {} per favore.
        La mail {} è giusta.""",
    ),
    _language(
        "pt BR",
        "(11) 9####-####|+55 11 9####-####|11 9####-####|(21) 3###-####|+55 (21) 9####-####|0800 ### ####",
        """Liguem para {} depois das cinco.
        Meu telefone é {}, obrigado.
        Meu número: {}
        Estou esperando desde segunda, {}.""",
        """O pedido {} não chegou.
        Número do pedido: {}
        O código de rastreio {} não existe.
        Protocolo {} sem resposta.""",
        """Escrevam para {} por favor.
        Meu e-mail é {}.""",
    ),
    _language(
        "nl NL",
        "06-########|06 ## ## ## ##|+31 6 ########|0031 6 ########|020-6######|06########|+31 (0)6 ########"
        "|(020) 6## ## ##",
        """Bel me op {} na vijven.
        Mijn nummer is {}, ik wacht al een week.
        Ik ben bereikbaar op {}.
        Niemand belt terug. {}""",
        """Bestelling {} is nooit bezorgd.
        Mijn bestelnummer is {}.
        Factuur {} klopt niet.
        Ordernummer: {}""",
        """Mail naar {} graag.
        Mijn adres is {}.""",
    ),
    _language(
        "pl PL",
        "5## ### ###|+48 60# ### ###|0048 5## ### ###|22 6## ## ##|60#-###-###|50#######|(22) 6## ## ##",
        """Proszę dzwonić pod {} po piątej.
        Mój numer to {}, czekam od tygodnia.
        Tel. {}
        Nikt nie oddzwania, {}.""",
        """Zamówienie {} nie dotarło.
        Numer zamówienia: {}
        Przesyłka {} zaginęła.
        Faktura nr {} jest błędna.""",
        """Proszę pisać na {} w tej sprawie.
        Mój adres: {}.""",
    ),
    _language(
        "cs CZ",
        "60# ### ###|+420 60# ### ###|00420 72# ### ###|72#######|224 ### ###",
        """Volejte prosím na {} odpoledne.
        Moje číslo je {}, čekám týden.
        Nikdo se neozval. {}""",
        """Objednávka {} nedorazila.
        Číslo objednávky: {}
        Zásilka {} se ztratila.""",
        """Pište na {} prosím.
        Můj e-mail je {}.""",
    ),
    _language(
        "ru RU",
        "8 916 ###-##-##|+7 (916) ###-##-##|8(495)7##-##-##|+7916#######|8-903-###-##-##|8 (800) 555-##-##|7916#######"
        "|+7 495 7## ## ##|8903#######|(495) 7##-##-##",
        """Позвоните мне по номеру {} после шести.
        Мой телефон {}, жду ответа неделю.
        Никто так и не перезвонил. {}
        Курьер пусть наберёт {} у подъезда.
        Мой номер: {}""",
        """Заказ {} не пришёл.
        Номер заказа: {}
        Трек-номер {} не отслеживается.
        Накладная № {} потеряна.
        Обращение {} закрыли без ответа.""",
        """Пишите на {} пожалуйста.
        Моя почта {} не меняется.""",
    ),
    _language(
        "uk UA",
        "067 ### ## ##|+380 67 ### ## ##|(044) 2##-##-##|0503######|+38 (050) ###-##-##|00380 67 ### ####",
        """Зателефонуйте мені на {} ввечері.
        Мій номер {}, чекаю тиждень.
        Ніхто не передзвонив. {}""",
        """Замовлення {} не прийшло.
        Номер замовлення: {}
        ТТН {} не знайдено.
        Накладна № {} загублена.""",
        """Пишіть на {} будь ласка.
        Моя пошта: {}.""",
    ),
    _language(
        "tr TR",
        "0532 ### ## ##|+90 532 ### ## ##|(0212) 2## ## ##|0 533 ### ## ##|053########|0090 532 ### ## ##"
        "|532 ### ## ##",
        """Lütfen beni {} numarasından arayın.
        Telefonum {}, bir haftadır bekliyorum.
        Kimse aramadı, {}.""",
        """Sipariş {} gelmedi.
        Sipariş numarası: {}
        Kargo takip no {} bulunamadı.""",
        """Bana {} adresinden yazın.
        E-postam {}.""",
    ),
    _language(
        "sv SE",
        "070-### ## ##|+46 70 ### ## ##|08-12# ### ##|0046 70 ### ## ##|073#######|+46 (0)70 ### ## ##",
        """Ring mig på {} efter fem.
        Mitt nummer är {}, jag väntar sedan i måndags.
        Ingen svarar. {}""",
        """Order {} har inte kommit.
        Ordernummer: {}
        Fakturan {} är fel.
        Paket {} är borta.""",
        """Skriv till {} tack.
        Min mejl är {}.""",
    ),
    _language(
        "da DK",
        "## ## ## ##|+45 ## ## ## ##|0045 ########|2# ## ## ##|+45########",
        """Ring til mig på {} efter fem.
        Mit nummer er {}, jeg har ventet en uge.
        Tlf. {}""",
        """Ordre {} er ikke kommet.
        Ordrenummer: {}
        Faktura {} er forkert.""",
        """Skriv til {} tak.
        Min mail er {}.""",
    ),
    _language(
        "fi FI",
        "040 ### ####|+358 40 ### ####|09 31# ####|0400######|00358 40 #######|050-#######",
        """Soittakaa minulle numeroon {} viiden jälkeen.
        Numeroni on {}, odotan yhä.
        Kukaan ei soittanut. {}""",
        """Tilaus {} ei tullut.
        Tilausnumero: {}
        Lasku {} on väärin.""",
        """Kirjoittakaa osoitteeseen {} kiitos.
        Sähköpostini on {}.""",
    ),
    _language(
        "el GR",
        "697 ### ####|+30 69########|210 3## ####|0030 694 ### ####|69########",
        """Καλέστε με στο {} το απόγευμα.
        Ο αριθμός μου είναι {}, περιμένω μια βδομάδα.
        Τηλ. {}""",
        """Η παραγγελία {} δεν ήρθε.
        Αριθμός παραγγελίας: {}
        Το δέμα {} χάθηκε.""",
        """Γράψτε στο {} παρακαλώ.
        Το email μου είναι {}.""",
    ),
    _language(
        "he IL",
        "052-#######|+972 52-###-####|03-6######|054#######|00972 52 #######|050 ### ####",
        """התקשרו אליי ל-{} אחר הצהריים.
        המספר שלי {}, אני מחכה שבוע.
        אף אחד לא חזר אליי. {}""",
        """הזמנה {} לא הגיעה.
        מספר הזמנה: {}
        חשבונית {} שגויה.""",
        """כתבו ל-{} בבקשה.
        המייל שלי {}.""",
    ),
    _language(
        "ar EG",
        "010# ### ####|+20 10# ### ####|0020 10# #######|02 2### ####|011########",
        """اتصلوا بي على {} بعد الظهر.
        رقمي {} وأنا أنتظر منذ أسبوع.
        لم يرد أحد. {}
        هاتف: {}""",
        """الطلب رقم {} لم يصل.
        رقم الطلب: {}
        طلب {} متأخر.
        الفاتورة {} خاطئة.""",
        """راسلوني على {} من فضلكم.
        بريدي {}.""",
        "٠١٢٣٤٥٦٧٨٩",
    ),
    _language(
        "fa IR",
        "0912 ### ####|+98 912 ### ####|021 8### ####|0098 912 #######|0912#######",
        """با من تماس بگیرید: {} بعد از ظهر.
        شماره من {} است و یک هفته منتظرم.
        تلفن {}""",
        """سفارش {} نرسید.
        شماره سفارش: {}
        کد رهگیری {} پیدا نشد.""",
        """به {} بنویسید لطفا.
        ایمیل من {} است.""",
        "۰۱۲۳۴۵۶۷۸۹",
    ),
    _language(
        "hi IN",
        "98### #####|+91 98### #####|0091 98########|98########|+91-98########|0 98### #####|011 2### ####",
        """मुझे {} पर कॉल करें।
        मेरा नंबर {} है, एक हफ्ते से इंतजार है।
        फ़ोन: {}
        किसी ने जवाब नहीं दिया। {}""",
        """ऑर्डर {} नहीं आया।
        ऑर्डर नंबर: {}
        ट्रैकिंग संख्या {} नहीं मिली।
        चालान {} गलत है।""",
        """मुझे {} पर लिखें।
        मेरा ईमेल {} है।""",
        "०१२३४५६७८९",
    ),
    _language(
        "zh-CN CN",
        "138########|138 #### ####|139-####-####|+86 138 #### ####|010-6#######|(021)6#######|400-8##-####"
        "|0086 139########",
        """请打{}联系我。
        我的电话是{}，等了一周。
        没有人回复。{}
        请送到前台，{}，谢谢。""",
        """订单{}一直没到。
        我的订单号是{}。
        快递单号{}查不到。
        发票{}开错了。""",
        """请发到{}谢谢。
        我的邮箱是{}。""",
    ),
    _language(
        "zh-TW TW",
        "0912-###-###|0912######|+886 912 ### ###|(02)2###-####|02-2#######|00886 912######|0912 ### ###",
        """請打{}聯絡我。
        我的手機是{}，等了一週。
        沒有人回覆。{}""",
        """訂單{}一直沒到。
        訂單編號：{}
        包裹{}查不到。
        發票{}開錯了。""",
        """請寄到{}謝謝。
        我的信箱是{}。""",
    ),
    _language(
        "ja JP",
        "090-####-####|080########|03-3###-####|+81 90-####-####|03(3###)####|0120-###-###|０９０－####－####",
        """{}に電話してください。
        電話番号は{}です。
        折り返しがありません。{}
        携帯：{}""",
        """注文番号は{}です。
        注文{}が届きません。
        伝票番号{}が見つかりません。
        お問い合わせ番号：{}""",
        """{}までご連絡ください。
        メールは{}です。""",
        "０１２３４５６７８９",
    ),
    _language(
        "ko KR",
        "010-####-####|010########|02-7##-####|+82 10-####-####|010 #### ####|0082 10 #### ####|031-2##-####",
        """{}로 전화 주세요.
        제 번호는 {}입니다.
        아무도 연락이 없네요. {}
        연락처: {}""",
        """주문 {} 아직 안 왔어요.
        주문번호: {}
        송장번호 {} 조회가 안 돼요.""",
        """{}로 메일 주세요.
        제 이메일은 {}입니다.""",
    ),
    _language(
        "th TH",
        "08# ### ####|+66 8# ### ####|02 2## ####|081-###-####|08########",
        """โทรหาฉันที่{}ตอนบ่าย
        เบอร์ของฉันคือ {} รอมาหนึ่งสัปดาห์
        ไม่มีใครตอบ {}""",
        """คำสั่งซื้อ {} ยังไม่มา
        เลขที่คำสั่งซื้อ: {}
        พัสดุ {} หายไป""",
        """เขียนถึง {} ด้วย
        อีเมลของฉันคือ {}""",
        "๐๑๒๓๔๕๖๗๘๙",
    ),
    _language(
        "vi VN",
        "090# ### ###|+84 90 ### ## ##|0912######|024 3### ####|0084 90 #######|098.###.####",
        """Gọi cho tôi theo số {} nhé.
        Số của tôi là {}, chờ cả tuần rồi.
        SĐT: {}""",
        """Đơn hàng {} chưa đến.
        Mã đơn hàng: {}
        Hóa đơn {} bị sai.""",
        """Gửi cho tôi qua {} nhé.
        Email của tôi là {}.""",
    ),
    _language(
        "id ID",
        "0812-####-####|+62 812 #### ####|0812########|021 5## ####|(021) 5######",
        """Tolong hubungi {} sore ini.
        Nomor saya {}, sudah seminggu.
        WA {}""",
        """Pesanan {} belum sampai.
        Nomor pesanan: {}
        Resi {} tidak ditemukan.""",
        """Kirim ke {} ya.
        Email saya {}.""",
    ),
)
