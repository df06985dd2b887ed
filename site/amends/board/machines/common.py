"""Words that stand in complaints about anything, so that two texts which share them are no more alike for it."""

from collections.abc import Callable
from functools import lru_cache

_ENGLISH = """
a about above after again against all almost also always am an and another answer answered any anyone anything are
around as ask asked at away back be because been before being below best better between bit both but by call called
came can cannot come company complaint contact could day days did didn different do does doesn doing don done down
during each eight else email enough even evening ever every few first five for found four friday from further gave get
getting give given go going gone good got great had happen happened has have having he hello help her here hi him his
hour hours how however i if in into is isn issue it its just keep kept know last least left let like ll long lot made
mail make making many may me message might minute minutes monday month months more morning most much must my myself
need needed needs never new next nine no nobody none nor not nothing now of off often on once one only or other our
out over own people person phone please possible problem put question quite rather re really replied reply right said
same saturday say saying says second see seem seen send sent service seven several shall she should simply since six
so some someone something soon sorry still such sunday support sure take taken tell ten than thank thanks that the
their them then there these they thing things think third this those though three through thursday time times to today
together told tomorrow too took tried try trying tuesday twice two under until up us use used using ve very wait
waited waiting want wanted was wasn way we wednesday week weeks well went were what when where whether which while who
whole whom whose why will with within without won work working works would write wrote year years yes yesterday yet
you your yours
"""
_GERMAN = """
aber acht alle allem allen aller alles als also am an andere anderen anderer anderes angerufen anrufen antwort
antworten auch auf aus außerdem bald bei beide beiden beim bekam bekommen bereits beschwerde besser bin bis bisher
bist bitte bleiben bleibt brauche brauchen da dabei dafür daher damit danach danke dann daran darauf darf das dass
davon dazu dein dem den denn der deren des deshalb dich die dienstag dies diese diesem diesen dieser dieses dir doch
donnerstag dort drei dreimal du durch dürfen eben eigene eigentlich ein eine einem einen einer eines einfach einmal
einzige endlich er erst erste ersten es etwa etwas euch euer eure fast finde finden firma frage fragen freitag fünf
für gab ganz ganze gar geantwortet geben gefragt gefunden gegen gehen geht gekommen gelassen gemacht genau genommen
genug gerade gern gerne gesagt geschickt geschrieben gestern gewesen geworden gibt ging gleich gut gute guten habe
haben halb hallo hast hat hatte hatten heute hier hilfe ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins
inzwischen ist ja jahr jahre jahren je jede jedem jeden jeder jedes jedoch jemand jetzt kam kann kannst kaum kein
keine keinen keiner kommen kommt konnte kontakt kunde kunden können könnte lang lange lassen leider letzte letzten
leute länger lässt machen macht mag mail mal man manchmal mehr mehrfach mein meine meinem meinen meiner mich minute
minuten mir mit mittlerweile mittwoch monat monate monaten montag morgen muss musste mussten möchte möglich müssen
nach nachdem nachricht nehmen nein neu neue neuen neuer neues neun nicht nichts nie niemand noch nun nur nächste
nächsten ob obwohl oder offenbar oft ohne per person problem rufen sagen sagt sagte samstag schicken schickt schlecht
schon schreiben schrieb sechs sehr sei seid sein seine seinem seinen seiner seit selbst service sich sie sieben sind
so sobald sofort sogar soll sollen sollte sondern sonntag sonst später stand statt stehen steht stunde stunden tag
tage tagen telefon trotz trotzdem tun um und uns unser unsere unter versucht viel viele vielen vielleicht vier vom von
vor vorher wann war waren warte warten warum was weder weg wegen weil weiter weiß welche welcher wenig wenigstens wenn
wer werde werden wie wieder will wir wird wirklich wissen wo woche wochen wohl wollen wollte worden wurde wurden
während würde zehn zeit zu zum zur zurück zwar zwei zweimal zweite zwischen über überhaupt
"""
_DUTCH = """
aan aangezien acht af al alle alleen alles als alsnog altijd ander andere anders antwoord ben bent bericht beter bij
bijna binnen bleef blijft daar daarna dag dagen dan dank dat de deze dezelfde die dinsdag dit doe doen doet donderdag
door drie dus een eerst eerste eigen eigenlijk elke en er erg even ga gaan gaat gebeld gedaan geen gegeven gehad
gekomen gekregen geleden gemaakt genoeg geven gevraagd geweest gewoon gezegd ging gisteren goed goede graag haar had
hadden hallo heb hebben hebt heeft heel helaas hele hem hen het hier hij hoe hulp hun iedere iemand iets ik in
inmiddels is ja jaar je jij jou jouw jullie kan klacht klant klanten komen komt kon kreeg krijg krijgen kunnen kunt
laat laatste lang langer lukt maak maakt maand maandag maanden maar mag mail maken me meer meerdere mensen met meteen
mij mijn minder minuten misschien moest moet moeten morgen na naar nee negen net niemand niet niets nieuw nieuwe nog
nooit nu of om omdat onder ons onze ook op opnieuw over paar per persoon plaats probleem reactie samen service sinds
slecht staan staat steeds stuurde te tegen telefoon terug terwijl tien tijd toch toen tot twee tweede uit uur uw vaak
van vanaf vandaag vanwege veel verder vier vijf volgende vond voor vraag vragen vrijdag waar waarom wacht wachten
wanneer want waren was wat we week weer weet weken wel welke werd werken werkt wie wij wil willen woensdag word worden
wordt zal zaterdag ze zeer zeg zegt zei zeker zelf zelfs zes zeven zich zien zij zijn zo zoals zodat zondag zonder zou
zouden zullen
"""
_FRENCH = """
ai ainsi alors an année années ans appel appeler appelé après as attend attendre attends au aucun aucune aujourd
auquel aura aussi autre autres aux avaient avais avait avant avec avez avoir avons bien bientôt bon bonjour bonne car
ce cela celle celui ces cet cette ceux chaque chez chose cinq client clients combien comme comment contact contre dans
de demain demande demandé depuis dernier dernière des deux deuxième devait devez devrait dimanche dire dis dit dix
dois doit donc donner donné dont du durant début déjà elle elles email en encore enfin ensuite entre envoyer envoyé es
est et eu eux exactement faire fait faites fallait faut fin fois font gens grand heure heures hier huit ici il ils
impossible jamais je jeudi jour jours jusqu la laisser le les leur leurs lors lorsque lui lundi là ma mai maintenant
mais mal malgré mardi mauvais me merci mercredi mes message mettre mieux mis moi moins mois mon monde même mêmes ne
neuf ni non nos notre nous nouveau nouveaux nouvelle on ont or ou oui où par parce pas passé pendant personne
personnes peu peut peuvent peux plainte plus plusieurs plutôt pour pourquoi pourtant pouvez pouvoir premier première
pris problème près pu puis qu quand quatre que quel quelle quelqu quelque quelques question qui quoi reçu rien
répondre répondu réponse sa samedi sans savoir se semaine semaines sept sera serai serait service ses seul seule
seulement si six soir soit sommes son sont sous souvent suis sur ta te temps tes toi ton toujours tous tout toute
toutes trois trop trouver très tu téléphone un une va vais vendredi venir venu vers veut veux vient voilà voir vos
votre voudrais voulais voulu vous vraiment vu étaient étais était êtes être
"""
_SPANISH = """
ahora al algo alguien alguna algunas alguno algunos algún allí ante antes aquel aquella aquí así aun aunque ayer ayuda
año años aún bajo bien buen buena bueno buenos cada casi cinco cliente clientes como con contacto contesta contestado
contra correo cosa cosas creo cual cuando cuanto cuatro cuyo cuál cuándo cuánto cómo da dado dan dar de debe deben
debo decir dejar del demás dentro desde después dice dicen dicho diez dije dijeron dijo dio domingo donde dos durante
día días dónde el ella ellas ellos empresa en encima encontrar entonces entre era eran eres es esa esas ese eso esos
esperando esperar espero esta estaba estado estamos estar estas este esto estos estoy está están favor fin fue fueron
fui gracias gran grande ha haber había habían hace hacen hacer hacia haga hago han has hasta hay he hecho hemos hice
hizo hola hora horas hoy hubo iba igual jueves junto la las le les llamada llamado llamar llamo lo los luego lunes mal
martes mañana me media mediante mejor menos mensaje mes meses mi mientras minutos mis misma mismo miércoles mucha
muchas mucho muchos muy más mí nada nadie ni ninguna ninguno ningún no noche nos nosotros nuestra nuestro nueva nueve
nuevo nunca ocho os otra otras otro otros para parece parte pedir pero persona personas poco poder podido podría podía
por porque posible primera primero problema pronto pude pudo puede pueden puedo pues que queda queja quería quien
quiere quiero quince quién qué responde responder respondido respuesta sabe saber se sea segunda segundo seis semana
semanas ser será sería si sido siempre siendo siete sigo sigue sin sino sobre sola solo somos son soy su sus sábado sí
sólo tal también tampoco tan tanto tarde te teléfono tenemos tener tengo tenía tercera ti tiempo tiene tienen toda
todas todavía todo todos tras tres tu tus tú un una unas uno unos usted ustedes va vamos van varias varios veces ver
vez viene viernes vosotros voy vuelto vuestro ya yo él
"""
_RUSSIAN = """
без более больше будет будто буду будут бы был была были было быть вам вами вас ваш ваша ваше вашего вашей ваши вашу
ведь весь вечером вместо во вообще вопрос восемь вот время все всегда всего всем всех всю вся вторник второе второй
вчера вы где говорит говорят год года да даже дали дать два две делать делают день десять для дней дня до добрый долго
должен должна должны другие другой другую его ее ей ему если есть еще жалоба жалобу ждать жду же за завтра зачем
звонил звонила звонить звоню здесь здравствуйте знать знаю идти из или им имени ими их каждую каждый кажется как какая
какие какой какую клиент клиента клиентов клиенты ко когда кого компании компания кому конечно которая которое которую
которые который кроме кто куда лет ли либо лишь лучше людей люди мало между меня месяц месяца месяцев минут минуты мне
много мной мною мог могла могу могут моего моей можем может можно мои мой мою моя мы на надо назад найти наконец нам
написал написала написать нас наш не него недели недель неделю неделя ней некоторые нельзя нет ни никак никаких
никакого никогда никого никто ним ними них ничего но новая нового новое новой новый ну нужен нужна нужно об обещали
один одна одно одного он она они оно опять от ответ ответа ответил ответили ответить отвечает отвечают откуда отправил
очень первая первый перед письмо по под пожалуйста пока полгода половина получил получила получить помогите помощь
понедельник после последний потом потому почему почта почти почту при прийти пришел пришла пришли пришло про проблема
проблему проблемы просил просила просить просто прошло прошу пусть пятница пятницу пять работает работают раз раза
разве сам сама сами свое своей свои свой свою сделал сделали сделать себе себя сегодня сейчас семь сказал сказала
сказали сказать сколько следующий служба снова со совсем сообщение сообщили спасибо спросил сразу среда среду стал
стали суббота субботу та так такая также такие такой там твой те тебе тебя телефон телефона телефону тем теперь тех то
тобой тогда того тоже только том тот три ту тут ты уже утром хороший хорошо хотел хотела хотите хоть хотя хочет хочу
час часа часов чего человек человека чем чему через четверг четыре что чтобы шесть эта эти этим этих это этого этой
этом этот эту
"""
_ARABIC = """
آخر أبدا أحتاج أحد أخرى أخيرا أرجو أرسل أرسلت أريد أسابيع أسبوع أسبوعين أشهر أعرف أفضل أكثر ألف أمام أمس أن أنا أنت
أنتظر أنتم أنه أنها أو أول أي أيام أيضا أين إذ إذا إلا إلى إليه اتصال اتصل اتصلت الآن الأحد الأربعاء الأسبوع الاثنين
التي الثاني الثلاثاء الجمعة الخميس الذي الذين السبت السلام الشركة الشهر الصباح العملاء الليل المساء المشكلة الوقت
اليوم انتظار انتظرت بأن بدون بسبب بعد بعض بك بكم بل به بها بي بين تكون تلك تم ثلاث ثلاثة ثم جدا جديد جديدة جميع جيد
حاولت حتى حول حيث حين خدمة خلال دائما دقائق دقيقة دون ذلك رد رسالة رغم سؤال ساعات ساعة سنة سوف سيئ شخص شركة شكرا شكوى
شهر شيء صباح ضد طلبت طويل عام عدة عدم على عليكم عليه عليها عميل عن عند عندما عندي عنه عني غدا غير فقط فلم فهل في فيه
فيها قال قالوا قبل قد قلت كان كانت كثير كثيرا كذلك كل كلما كم كما كنت كيف لأن لأنه لا لدي لديكم لذلك لقد لك لكم لكن
لكي لم لماذا لن لنا له لها لهم لو لي ليس ليست ليلة ما ماذا مازال مباشرة متى مثل مرات مرة مرتين مرحبا مساء مساعدة مشكلة
مع معكم معي مكان ممكن من منذ منكم منه منها مني موظف نحن نعم نفس هاتف هذا هذه هل هم هنا هناك هو هي واحد واحدة والله وصل
وصلت وقت وقد وكان ولا ولكن ولم وما ومن وهذا وهو يا يتم يجب يرجى يرد يريد يعمل يكون يمكن يمكنني ينبغي يوجد يوم يومين
"""
_CHINESE = """
一下 一个 一些 一個 一天 一样 一樣 一次 一点 一直 一點 三天 上午 下午 不会 不到 不是 不會 不知 不能
不行 两个 两天 个月 为什 为何 么时 么都 之前 之后 之後 也不 也沒 也没 什么 什麼 今天 他们 他們 以为
以前 以后 以後 以為 但是 何处 何處 你们 你們 來說 個月 先生 兩個 兩天 公司 其他 内容 几天 分鐘 分钟
別人 别人 到底 到现 到現 前天 半天 去年 又是 只是 只有 只能 可以 可是 告訴 告诉 周末 問題 回复 回覆
因为 因為 处理 多久 多少 大家 太差 女士 如何 如果 它们 它們 客人 客戶 客户 客服 小时 小時 就是 已經
已经 希望 年前 幾天 应该 建議 建议 当天 很多 怎么 怎样 怎樣 怎麼 意見 意见 感謝 感谢 應該 我们 我們
或者 所以 打了 打电 打電 投訴 投诉 收到 时候 时间 明天 星期 昨天 是不 時候 時間 晚上 最后 最後 有人
有沒 有没 服务 服務 本來 本来 来说 极了 沒人 沒有 没人 没有 满意 滿意 点钟 為什 為何 然后 然後 现在
現在 电话 當天 的話 的话 目前 直接 知如 知道 礼拜 禮拜 突然 等了 結果 給我 结果 给我 联系 联络 聯絡
聯繫 自己 至今 處理 虽然 覺得 觉得 解决 解決 話客 請問 謝謝 讓我 让我 话客 请问 谢谢 起來 起来 还是
还有 还没 这个 这么 这样 这次 這個 這樣 這次 這麼 週末 還是 還有 還沒 那个 那么 那個 那麼 都不 都是
都沒 都没 问题 雖然 電話 需要 非常 馬上 马上 麻烦 麻煩 麼時 麼都 點鐘
"""

_LATIN = {"en": _ENGLISH, "de": _GERMAN, "nl": _DUTCH, "fr": _FRENCH, "es": _SPANISH}
_OTHERS = (_RUSSIAN, _ARABIC, _CHINESE)
"""Of scripts in which no other of our languages is written: they can be taken out of any text."""


@lru_cache(maxsize=16)
def terms_of(language: str | None, terms: Callable[[str], list[str]]) -> frozenset[str]:
    """Return the `terms` of the words that are common in a language, and of those in other scripts.

    Of a text whose language is not said, or has no list, those of all languages are common.
    """
    own = _LATIN.get((language or "").lower().partition("-")[0])
    lists = [own] if own else _LATIN.values()
    return frozenset(term for words in (*lists, *_OTHERS) for term in terms(words))
