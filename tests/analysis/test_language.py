"""Which language a comment is in: found by its script and its words, and not known where they do not tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.language import LOOKED_AT, language
from model.words import Language

SAID = {
    Language.ENGLISH: "I asked twice and nobody answers. What is the point of this page?",
    Language.GERMAN: "Warum antwortet hier niemand? Ich warte schon seit zwei Wochen auf eine Antwort.",
    Language.FRENCH: "Ma fille est revenue avec des plaques, et personne ne nous a prévenus. Merci de répondre.",
    Language.SPANISH: "Mi hija volvió con una erupción y nadie nos dijo nada. ¿Por qué?",
    Language.ITALIAN: "Mia figlia è tornata a casa e nessuno ci ha detto niente, perché?",
    Language.PORTUGUESE: "A minha filha voltou para casa e ninguém nos disse nada. Não é a primeira vez.",
    Language.DUTCH: "Waarom krijg ik geen antwoord? Wij wachten al twee weken op een bericht van jullie.",
    Language.POLISH: "Dlaczego nikt nie odpowiada? To już drugi raz i nie jest to w porządku.",
    Language.SWEDISH: "Varför svarar ingen? Jag har väntat i två veckor och det är inte bra.",
    Language.DANISH: "Hvorfor svarer ingen? Jeg har ventet i to uger, og det er ikke godt nok.",
    Language.TURKISH: "Neden kimse cevap vermiyor? İki haftadır bekliyoruz ve bu çok kötü bir şey.",
    Language.RUSSIAN: "Почему никто не отвечает? Мы ждём уже две недели, и это очень плохо.",
    Language.UKRAINIAN: "Чому ніхто не відповідає? Ми чекаємо вже два тижні, і це дуже погано.",
    Language.ARABIC: "لماذا لا يرد أحد؟ نحن ننتظر منذ أسبوعين وهذا سيئ جدا",
    Language.PERSIAN: "چرا کسی جواب نمی‌دهد؟ ما دو هفته است که منتظر این پاسخ هستیم",
    Language.JAPANESE: "なぜ誰も返事をしないのですか。二週間も待っています。",
    Language.CHINESE: "为什么没有人回答？我们已经等了两个星期了。",
    Language.KOREAN: "왜 아무도 대답하지 않나요? 우리는 2주 동안 기다렸습니다.",
    Language.GREEK: "Γιατί δεν απαντά κανείς; Περιμένουμε δύο εβδομάδες.",
    Language.HEBREW: "למה אף אחד לא עונה? אנחנו מחכים כבר שבועיים.",
    Language.THAI: "ทำไมไม่มีใครตอบ เรารอมาสองสัปดาห์แล้ว",
    Language.HINDI: "कोई जवाब क्यों नहीं देता? हम दो हफ्ते से इंतज़ार कर रहे हैं।",
}


@pytest.mark.parametrize("expected", [one for one in Language if one is not Language.UNKNOWN])
def test_a_sentence_or_two_tell_the_language(expected: Language) -> None:
    assert language(SAID[expected]) is expected
    assert language(SAID[expected].upper() + " https://www.example.org/the/and/of/to/you") is expected


@pytest.mark.parametrize("text", ["", "👍👍", "Lol", "Zz!", "https://the.example/of/and/to", "@the @and @of", "12:30"])
def test_what_holds_too_little_is_not_known(text: str) -> None:
    assert language(text) is Language.UNKNOWN


def test_a_name_or_a_word_in_another_script_does_not_change_it() -> None:
    assert language("The tea from 京都 was very good, thank you for that.") is Language.ENGLISH


@given(st.sampled_from(list(SAID.items())), st.text(max_size=200))
def test_what_stands_behind_the_part_that_is_looked_at_changes_nothing(said: tuple[Language, str], rest: str) -> None:
    text = (said[1] + " ") * (LOOKED_AT // len(said[1]) + 1)
    assert language(text + rest) is language(text) is said[0]


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert language(text) in Language
