"""Words that stand in complaints about anything, so that two texts which share them are no more alike for it."""

from collections.abc import Callable
from functools import lru_cache

_ENGLISH = """
a about after again all almost also always am an and another any anyone anything are around as ask asked at away back be
because been before being best better between bit both but by call called came can cannot come company complaint contact
could day days did different do does doing don done each eight else email enough even evening ever every few
first five for four found friday from gave get getting give given go going gone good got great had happen happened has
have having he hello help her here hi his hour hours how however i if in into is issue it its just keep kept know last
least left let like long lot mail made make making many may me message might minute minutes monday month months more
morning most much must my myself need needed needs never new next nine no nobody none not nothing now of off often on
once one only or other our out over own people person phone please possible problem put question quite rather really
reply replied right said same saturday say saying says second see seem seen send sent service seven several shall she
should simply since six so some someone something soon sorry still such sunday support sure take taken tell ten than
thank thanks that the their them then there these they thing things think third this those though three through thursday
time times to today together told tomorrow too took tried try trying tuesday twice two under until up us use used using
very wait waited waiting want wanted was way we wednesday week weeks well went were what when where whether which while
who whole whom whose why will with within without work working works would write wrote year years yes yesterday yet you
your yours
"""
_GERMAN = """
aber acht alle allem allen aller alles als also am an andere anderen anderer anderes angerufen anrufen antwort
antworten auch auf aus außerdem bald bei beim bekam bekommen bereits beschwerde besser bin bis bist bitte bleiben
bleibt brauche brauchen da dabei dafür daher damit danach danke dann daran darauf darf das dass davon dazu dein dem
den denn der deren des deshalb die dienstag dies diese diesem diesen dieser dieses doch donnerstag dort drei dreimal
du durch dürfen eben eigene eigentlich ein eine einem einen einer eines einfach einmal einzige endlich er erst erste
ersten es etwa etwas euch euer eure fast finde finden firma fragen frage freitag fünf für gab ganz ganze gar geben
gefunden gefragt gegen gehen geht gekommen gelassen gemacht genau genommen genug gerade gern gerne geschickt
geschrieben gestern gesagt gibt ging gut gute guten habe haben halb hallo hat hatte hatten heute hier hilfe ihm ihn
ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jahr jahre jahren je jede jedem jeden jeder jedes jedoch
jemand jetzt kam kann kaum kein keine keinen keiner kommen kommt kontakt konnte können kunde kunden könnte lang lange
länger lassen lässt leider letzte letzten leute machen macht mail mal man manchmal mehr mein meine meinem meinen
meiner mich minute minuten mir mit mittwoch möchte möglich monat monate monaten montag morgen muss müssen nach nachdem
nachricht nächste nächsten nehmen nein neu neue neuen neuer neues neun nicht nichts nie niemand noch nun nur ob obwohl
oder oft ohne per person problem rufen sagen sagt sagte samstag schlecht schon schicken schickt schreiben schrieb
sechs sehr sei seid sein seine seinem seinen seiner seit selbst service sich sie sieben sind so sobald sogar soll
sollen sollte sondern sonntag sonst später stand statt stehen steht stunde stunden tag tage tagen telefon trotz
trotzdem tun über überhaupt um und uns unser unsere unter versucht viel viele vielen vielleicht vier vom von vor
vorher wann war waren warte warten warum was weder weg wegen weil weiß weiter welche welcher wenig wenigstens wenn wer
werde werden wie wieder will wir wird wirklich wissen wo woche wochen wohl wollen wollte worden wurde wurden würde
zehn zeit zu zum zur zurück zwar zwei zweimal zweite zwischen
"""
_DUTCH = """
aan aangezien acht af al alle alleen alles als altijd ander andere anders antwoord ben bent bericht beter bij bijna
binnen bleef blijft daar daarna dag dagen dan dank dat de deze dezelfde die dinsdag dit doe doen doet donderdag door
drie dus een eerst eerste eigen eigenlijk elke en er erg even ga gaan gaat gebeld gedaan geen gehad gekomen gekregen
geleden gemaakt genoeg geven gevraagd geweest gewoon gezegd ging gisteren goed goede graag haar had hallo heb hebben
heeft heel helaas hele hem hen het hier hij hoe hulp hun iedere iemand iets ik in is ja jaar je jij jou jouw jullie
kan klacht klant klanten komen komt kon kreeg krijg krijgen kunnen kunt laat laatste lang langer lukt maak maakt maand
maanden maandag maar mag mail maken me meer meerdere mensen met mij mijn minder minuten misschien moest moet moeten
morgen naar na nee negen net niemand niet niets nieuw nieuwe nog nooit nu of om omdat ons onze ook op opnieuw over
paar per persoon plaats probleem reactie samen service sinds slecht staan staat steeds stuurde te tegen telefoon terug
terwijl tien tijd toch toen tot twee tweede uit uur uw vaak van vanaf vandaag vanwege veel verder vier vijf volgende
vond voor vraag vragen vrijdag waar waarom wacht wachten wanneer want waren was wat we week weer weet weken wel welke
werd werken werkt wie wij wil willen woensdag word worden wordt zaterdag ze zeer zeg zegt zei zeker zelf zelfs zes
zeven zich zien zij zijn zo zoals zodat zonder zondag zou zouden
"""
_FRENCH = """
ai ainsi alors an année années ans appel appelé appeler après attend attendre attends au aucun aucune aujourd auquel
aura aussi autre autres aux avaient avais avait avant avec avez avoir avons bien bientôt bon bonjour bonne car ce cela
celle celui ces cet cette ceux chaque chez chose cinq client clients combien comme comment contact contre dans de début
déjà demain demande demandé depuis dernier dernière des deux deuxième devait devez devrait dimanche dire dis dit dix
doit dois donc donné donner dont du durant elle elles email en encore enfin ensuite entre envoyé envoyer es est et
étaient était étais êtes être eu eux exactement faire fait faites fallait faut fin fois font grand gens hier heure
heures huit ici il ils impossible jamais je jeudi jour jours jusqu la là laisser le les leur leurs lors lorsque lui
lundi ma mai mais mal malgré mardi mauvais me même mêmes merci mercredi mes message mettre mieux mis moi moins mois mon
monde ne neuf ni non nos notre nous nouveau nouvelle nouveaux on ont or ou où oui par parce pas passé pendant personne
personnes peu peut peux plainte plus plusieurs plutôt pour pourquoi pourtant pouvez pouvoir premier première près pris
problème puis qu quand quatre que quel quelle quelqu quelque quelques question qui quoi répondre répondu réponse rien sa
samedi sans savoir se sept sera serait service ses seul seule seulement si six soir soit son sont sous souvent suis sur
ta te téléphone temps tes toi ton toujours tous tout toute toutes très trois trop trouver tu un une va vais vendredi
venir venu vers veut veux vient voilà voir vos votre voudrais voulais vous vraiment vu
"""
_SPANISH = """
ahora al algo alguien algún alguna algunas alguno algunos allí ante antes año años aquel aquella aquí así aun aún aunque
ayer ayuda bien buen buena bueno buenos cada casi cinco cliente clientes como cómo con contacto contestado contesta
contra correo cosa cosas creo cual cuál cuando cuándo cuanto cuánto cuatro da dado dan dar de debe deben decir dejar del
demás dentro desde después día días dice dicen dicho diez dije dijeron dijo domingo donde dónde dos durante él el ella
ellas ellos empresa en encima encontrar entonces entre era eran eres es esa esas ese eso esos esperando esperar espero
esta está estaba estado estamos están estar estas este esto estos estoy favor fin fue fueron gracias gran grande ha
haber había habían hace hacen hacer hacia haga hago han hasta hay he hecho hemos hola hora horas hoy hubo iba igual
jueves junto la las le les llamada llamado llamar llamo lo los luego lunes mal mañana martes más me media mediante mejor
menos mensaje mes meses mi mí mientras miércoles minutos mis misma mismo mucha muchas mucho muchos muy nada nadie ni
ningún ninguna ninguno no noche nos nosotros nuestra nuestro nueva nuevo nueve nunca ocho os otra otras otro otros para
parece parte pedir pero persona personas poco poder podido podría porque posible primera primero problema pronto pude
pudo puede pueden puedo pues que qué queda queja quería quien quién quiere quiero quince respuesta responder responde
respondido sábado saber sabe se sea segunda segundo seis semana semanas ser será si sí sido siempre siendo siete sigo
sigue sin sino sobre sola solo sólo son soy su sus tal también tampoco tan tanto tarde te teléfono tenemos tener tengo
tenía tercera ti tiempo tiene tienen toda todas todavía todo todos tras tres tu tú un una unas uno unos usted ustedes va
vamos van varias varios veces ver vez viene viernes voy vuelto ya yo
"""
_RUSSIAN = """
без более больше будет будто будут был была были было быть вам вами вас ваш ваша ваше вашего вашей ваши вашу ведь весь
вечером вместо во вообще вопрос восемь вот время все всегда всего всем всех всю вся второй второе вторник вчера вы год
года говорит говорят даже дали дать два две делать делают день десять для дней дня до добрый долго должен должна
должны другие другой другую его ее ей ему если есть еще же жалоба жалобу ждать жду за завтра зачем звонил звонила
звонить звоню здесь здравствуйте знаю знать идти из или им имени ими их каждый каждую кажется как какая какие какой
какую клиент клиента клиентов клиенты ко когда кого компании компания кому конечно которая которое которые который
которую кроме кто куда лет ли либо лишь лучше людей люди мало меня месяц месяца месяцев минут минуты мне много может
можно мой моя мою мои моего моей мы на надо назад наконец нам написал написала написать нас найти наш не него недели
недель неделю неделя ней некоторые нельзя нет ни никак никакого никаких никогда никого никто них ничего но новая новое
новой новый нового ну нужен нужна нужно об обещали один одна одно одного она они оно опять от ответ ответа ответил
ответили ответить отвечает отвечают отправил очень перед первый первая письмо по под пожалуйста пока полгода половина
получил получила получить помогите помощь понедельник после последний потом потому почему почта почти почту при пришел
пришла пришли пришло прийти про проблема проблему проблемы просил просила просить просто прошу прошло пусть пятница
пятницу пять раз раза разве работает работают сам сама сами свое своей свои свой свою сделал сделали сделать себе себя
сегодня сейчас семь сказал сказала сказали сказать сколько следующий служба снова со совсем сообщение сообщили спасибо
спросил среда среду сразу стал стали суббота субботу так также такая такие такой там твой те тебе тебя телефон
телефона телефону тем теперь тех то тогда того тоже только том тот три ту тут ты уже утром хорошо хороший хотел хотела
хотите хоть хотя хочу час часа часов человек человека чем через четверг четыре что чтобы чего чему шесть эта эти этим
этих это этого этой этом этот эту
"""
_ARABIC = """
أبدا إذا إذ ألف أن أنا أنت أنتم أنه أنها أو أول أي أيام أيضا إلا إلى الآن الأحد الاثنين الأربعاء الأسبوع التي الثاني
الثلاثاء الجمعة الخميس الذي الذين السبت السلام الشركة الشهر الصباح العملاء الليل المساء المشكلة اليوم الوقت اتصل اتصلت
اتصال أحد أحتاج أخرى آخر أخيرا أرجو أرسل أرسلت أريد أسابيع أسبوع أسبوعين أشهر أكثر أمام أمس أنتظر انتظار انتظرت أين
أعرف أفضل بأن بدون بسبب بعد بعض بل بين بها به بكم تم ثلاث ثلاثة ثم جدا جديد جديدة جميع جيد حاولت حتى حول حيث حين خدمة
خلال دائما دقيقة دقائق دون ذلك رد رسالة رغم ساعات ساعة سنة سؤال سوف سيئ شخص شركة شكرا شكوى شهر شيء صباح ضد طلبت طويل
عام عدة عدم على عليكم عليه عليها عميل عن عند عندما عندي عنه غدا غير فقط فلم فهل في فيه فيها قال قالوا قبل قد قلت كان
كانت كثير كثيرا كذلك كل كلما كم كما كنت كيف لا لأن لأنه لدي لديكم لذلك لقد لكم لكن لكي لم لماذا لن لنا له لها لهم لي
ليس ليست ليلة ما ماذا مازال مباشرة متى مثل مرات مرة مرتين مساء مساعدة مشكلة مع معكم معي مكان من منذ منكم منه منها مني
ممكن موظف نحن نفس نعم هاتف هذا هذه هل هم هنا هناك هو هي واحد واحدة والله وصل وصلت وقت وقد وكان ولا ولكن ولم وما ومن
وهذا وهو يا يتم يجب يرجى يريد يعمل يكون يمكن يمكنني ينبغي يوجد يوم يومين
"""
_CHINESE = """
一下 一个 一些 一個 一天 一次 一直 一样 一樣 一点 一點 三天 上午 下午 不会 不會 不到 不是 不知 不能
不行 个月 個月 两个 两天 为什 为何 之前 之后 之後 也不 也没 也沒 什么 什麼 今天 他们 他們 以为 以為
以前 以后 以後 但是 你们 你們 先生 公司 其他 内容 几天 分钟 分鐘 到底 到现 到現 别人 別人 前天 半天
去年 又是 只有 只能 只是 可以 可是 告诉 告訴 周末 週末 回复 回覆 因为 因為 多久 多少 大家 太差 女士
如何 如果 它们 它們 客人 客户 客戶 客服 小时 小時 就是 已经 已經 希望 年前 幾天 应该 應該 建议 建議
当天 當天 很多 怎么 怎麼 怎样 怎樣 意见 意見 我们 我們 或者 所以 打了 打电 打電 投诉 投訴 收到 明天
星期 昨天 是不 时候 時候 时间 時間 晚上 最后 最後 有人 有没 有沒 服务 服務 本来 本來 来说 來說 极了
没人 没有 沒人 沒有 满意 滿意 点钟 點鐘 然后 然後 现在 現在 电话 電話 的话 的話 目前 直接 知道 礼拜
禮拜 突然 等了 结果 結果 给我 給我 联系 聯繫 聯絡 联络 自己 至今 虽然 雖然 处理 處理 解决 解決 觉得
覺得 让我 讓我 请问 請問 谢谢 謝謝 起来 起來 还是 還是 还有 還有 还没 還沒 这个 這個 这么 這麼 这次
這次 这样 這樣 那个 那個 那么 那麼 都不 都没 都沒 都是 问题 問題 需要 马上 馬上 麻烦 麻煩 兩個 兩天
為什 為何 么时 麼時 话客 話客 么都 麼都 知如 何处 何處 非常 感谢 感謝
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
