"""What customers complain of and what staff answer, in eight languages. `{n}` is another number each time."""

from typing import Final

COMPLAINTS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "My order {n} has not come, and it was due last week.",
        "I called three times and each time someone else promised to ring back.",
        "The bill says {n} euros, the shop said less.",
        "Nobody has read my letter, or nobody cares to answer it.",
        "Please send the money back or the goods, I do not mind which.",
        "I have been a customer for years and this is new to me.",
    ),
    "de": (
        "Meine Bestellung {n} ist seit drei Wochen überfällig.",
        "Am Telefon verspricht mir jeder etwas anderes.",
        "Auf der Rechnung stehen {n} Euro, vereinbart war weniger.",
        "Auf meinen Brief hat niemand geantwortet.",
        "Schicken Sie mir die Ware oder das Geld zurück.",
        "So etwas habe ich bei Ihnen noch nie erlebt.",
    ),
    "fr": (
        "Ma commande {n} devait arriver la semaine dernière.",
        "J’ai appelé trois fois et personne ne m’a rappelée.",
        "La facture indique {n} euros, ce n’est pas le prix convenu.",
        "Ma lettre est restée sans réponse.",
        "Rendez-moi l’argent ou livrez l’article.",
        "Je suis cliente depuis des années et je ne comprends pas.",
    ),
    "es": (
        "Mi pedido {n} tenía que llegar la semana pasada.",
        "He llamado tres veces y nadie me devuelve la llamada.",
        "La factura dice {n} euros y no era ese el precio.",
        "Mi carta sigue sin respuesta.",
        "Devuélvanme el dinero o envíen el artículo.",
        "Llevo años comprando aquí y esto es nuevo.",
    ),
    "ru": (
        "Заказ {n} должен был прийти на прошлой неделе.",
        "Я звонила три раза, и никто не перезвонил.",
        "В счёте стоит {n} рублей, договаривались о меньшем.",
        "На моё письмо никто не ответил.",
        "Верните деньги или пришлите товар.",
        "Раньше у вас такого не бывало.",
    ),
    "ja": (
        "注文番号{n}の商品がまだ届きません。",
        "三回電話しましたが、折り返しがありません。",
        "請求書は{n}円ですが、約束の金額と違います。",
        "手紙にも返事がありません。",
        "返金するか、商品を送ってください。",
        "長年利用していますが、こんなことは初めてです。",
    ),
    "ar": (
        "لم يصل الطلب رقم {n} وكان موعده الأسبوع الماضي.",
        "اتصلت ثلاث مرات ولم يعاود أحد الاتصال بي.",
        "الفاتورة تقول {n} وليس هذا ما اتفقنا عليه.",
        "لم يرد أحد على رسالتي.",
        "أعيدوا المال أو أرسلوا البضاعة.",
        "أتعامل معكم منذ سنوات وهذا جديد علي.",
    ),
    "hi": (
        "ऑर्डर {n} पिछले हफ़्ते आना था और अब तक नहीं आया।",
        "मैंने तीन बार फ़ोन किया, किसी ने वापस फ़ोन नहीं किया।",
        "बिल में {n} रुपये लिखे हैं, तय दाम कम था।",
        "मेरी चिट्ठी का किसी ने जवाब नहीं दिया।",
        "पैसे लौटा दीजिए या सामान भेजिए।",
        "बरसों से आपका ग्राहक हूँ, ऐसा पहली बार हुआ।",
    ),
}

REPLIES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "I am sorry for the wait; it was our mistake.",
        "Order {n} left our store this morning.",
        "The money is on its way back to you.",
        "We have changed how such parcels are labelled.",
    ),
    "de": (
        "Es tut mir leid, das war unser Fehler.",
        "Die Bestellung {n} ist heute früh abgegangen.",
        "Das Geld ist auf dem Weg zu Ihnen.",
        "Wir kleben auf solche Pakete jetzt ein anderes Etikett.",
    ),
    "fr": (
        "Je vous prie de nous excuser, l’erreur est la nôtre.",
        "La commande {n} est partie ce matin.",
        "Le remboursement est en route.",
        "Nous avons changé l’étiquette de ces colis.",
    ),
    "es": (
        "Lo siento, el error fue nuestro.",
        "El pedido {n} ha salido esta mañana.",
        "El dinero ya está en camino.",
        "Hemos cambiado la etiqueta de esos paquetes.",
    ),
    "ru": (
        "Простите, это наша ошибка.",
        "Заказ {n} отправлен сегодня утром.",
        "Деньги уже на пути к вам.",
        "Мы теперь иначе подписываем такие посылки.",
    ),
    "ja": (
        "お待たせして申し訳ありません。こちらの間違いでした。",
        "注文番号{n}は今朝発送しました。",
        "返金の手続きを済ませました。",
        "荷札の書き方を改めました。",
    ),
    "ar": (
        "نعتذر عن التأخير، كان الخطأ منا.",
        "خرج الطلب رقم {n} من مخزننا هذا الصباح.",
        "المال في طريقه إليكم.",
        "غيّرنا بطاقات هذه الطرود.",
    ),
    "hi": (
        "देर के लिए माफ़ी चाहते हैं, ग़लती हमारी थी।",
        "ऑर्डर {n} आज सुबह भेज दिया गया है।",
        "पैसे आपको लौटाए जा रहे हैं।",
        "हमने ऐसे पार्सल के लेबल बदल दिए हैं।",
    ),
}
