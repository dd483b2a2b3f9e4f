"""The commonest words of languages that people write to us in: they say nothing of what a text is about."""

from model.words import Language

_COMMON: dict[Language, str] = {
    Language.ENGLISH: "the of and to you that it is was for are with this have not but what all were we when your can "
    "there if my they our from has been would who will be his her please thank thanks don't i'm it's as do does did "
    "so no about how why an at i he she by me us any out just more very good great love hello these those them then "
    "than here where which only over even into been were some such other after before could should still also well",
    Language.GERMAN: "der die das und ist nicht ich sie wir ihr ein eine einen auf für mit von zu dem den des im auch "
    "es sich wie bei aus nach haben hat war wird noch nur aber oder wenn kann mein meine euch uns bitte danke vielen "
    "warum was wer wo schon sehr mehr so als dass sind bin man keine kein hallo gut",
    Language.FRENCH: "le la les de des et est pas je vous nous il elle que qui un une du dans pour sur avec ce cette "
    "ces mon ma mes votre notre au aux en par plus mais ou où très bien tout c'est j'ai n'est merci bonjour pourquoi "
    "sont être avoir fait ont été son sa ses leur on d'un d'une l'on qu'il",
    Language.SPANISH: "el la los las de del y es no que en un una por para con se lo su sus mi mis nos le les pero más "
    "como muy está están hay este esta esto gracias hola todo todos cuando porque qué ser son fue yo al sin ya",
    Language.ITALIAN: "il lo la i gli le di del della e è non che in un una per con si mi ci ma più come molto sono ho "
    "ha hanno questo questa grazie ciao tutto tutti quando perché anche nel nella al alla dei delle io da essere mia",
    Language.PORTUGUESE: "o a os as de do da dos das e é não que em um uma por para com se no na nos nas meu minha mas "
    "mais como muito está são foi isso este esta obrigado obrigada olá tudo todos quando porque também eu você ao pelo",
    Language.DUTCH: "de het een en van is niet ik je jij wij we zij dat die dit in op voor met te aan er maar ook als "
    "naar bij zijn was heb heeft hebben wordt nog wel geen mijn jullie ons onze waarom wat wie waar heel zeer bedankt "
    "dank hallo goed om dan uit kan",
    Language.POLISH: "i w z na nie to się jest że do o jak ale po co tak za od są mnie mam czy dla już tylko przez ten "
    "ta te bardzo dziękuję proszę dlaczego kiedy też był była my wy oni moja mój dzień dobry",
    Language.SWEDISH: "och att det som en ett är inte jag vi ni du på för med av till den de har var kan men om så min "
    "mitt era från när varför tack hej mycket bra också bara finns ska",
    Language.DANISH: "og at det som en et er ikke jeg vi i du på for med af til den de har var kan men om så min mit "
    "jeres fra når hvorfor tak hej meget godt også bare der skal hvad",
    Language.TURKISH: "ve bir bu da de için çok ne ben sen biz siz o ama gibi daha en var yok mi mı mu değil kadar "
    "sonra teşekkürler teşekkür merhaba neden nasıl evet hayır olan olarak ile her şey",
    Language.PERSIAN: "از به که این را با است برای آن یک خود تا کرد بر هم نیز من ما شما چرا ممنون سلام خیلی",
    Language.ARABIC: "في من على إلى عن أن هذا هذه التي الذي ما لا لم كان مع كل نحن أنا أنت شكرا لماذا جدا هل",
    Language.RUSSIAN: "и в не на я что он с это как по но они мы вы за то от так все для же у спасибо почему очень был",
    Language.UKRAINIAN: "і в не на я що він з це як по але вони ми ви за то від так все для же у дякую чому дуже був",
}
COMMONEST = frozenset(word for words in _COMMON.values() for word in words.split())
