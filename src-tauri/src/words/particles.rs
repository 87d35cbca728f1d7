//! Korean particles: which of two forms follows a word depends on the last sound that a Korean reader hears.

/// What the last syllable of a word ends in, as far as a particle cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// A vowel.
    Open,
    /// ㄹ, which counts as a vowel before 으로/로.
    Rieul,
    /// Any other consonant.
    Closed,
    /// Not a sound that the rules know, for example a foreign script.
    Unheard,
}

/// The form of `pair` (written `을/를`, the form after a consonant first) that follows `word`.
///
/// Where the sound is not known both forms are written, as Korean forms and letters do: `을(를)`, `(으)로`.
pub fn particle(word: &str, pair: &str) -> String {
    let Some((closed, open)) = pair.split_once('/') else { return pair.to_owned() };
    match (ending(word), closed) {
        (Ending::Open, _) | (Ending::Rieul, "으로") => open.to_owned(),
        (Ending::Rieul | Ending::Closed, _) => closed.to_owned(),
        (Ending::Unheard, "으로") => "(으)로".to_owned(),
        (Ending::Unheard, _) => format!("{closed}({open})"),
    }
}

fn ending(word: &str) -> Ending {
    // Quotes, brackets and full stops are not read aloud.
    let heard = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
    match heard.chars().next_back() {
        Some(c @ '가'..='힣') => hangul(c),
        // Letters named alone: 기역, 니은, 리을 ... all end in themselves; vowels do not.
        Some('ㄹ') => Ending::Rieul,
        Some('ㄱ'..='ㅎ') => Ending::Closed,
        Some('ㅏ'..='ㅣ') => Ending::Open,
        // 일, 칠, 팔
        Some('1' | '7' | '8') => Ending::Rieul,
        // 영 (and 십, 백, 천, 만), 삼, 육
        Some('0' | '3' | '6') => Ending::Closed,
        // 이, 사, 오, 구; 퍼센트
        Some('2' | '4' | '5' | '9' | '%') => Ending::Open,
        Some(c) if c.is_ascii_alphabetic() => latin(heard),
        _ => Ending::Unheard,
    }
}

fn hangul(syllable: char) -> Ending {
    // Syllables are numbered so that the 28 endings of one beginning stand together: none first, ㄹ eighth.
    match (u32::from(syllable) - u32::from('가')) % 28 {
        0 => Ending::Open,
        8 => Ending::Rieul,
        _ => Ending::Closed,
    }
}

/// A word in capitals is spelled (`URL`: 유아르엘), any other is spoken as a loan word (`Support`: 서포트).
fn latin(heard: &str) -> Ending {
    let start = heard
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| at + heard[at..].chars().next().map_or(0, char::len_utf8));
    let word = &heard[start..];
    if word.bytes().all(|byte| byte.is_ascii_uppercase()) || word.len() == 1 { spelled(word) } else { spoken(word) }
}

fn spelled(word: &str) -> Ending {
    match word.bytes().next_back().map(|byte| byte.to_ascii_uppercase()) {
        // 엘, 알
        Some(b'L' | b'R') => Ending::Rieul,
        // 엠, 엔
        Some(b'M' | b'N') => Ending::Closed,
        _ => Ending::Open,
    }
}

fn spoken(word: &str) -> Ending {
    let word = word.to_ascii_lowercase();
    let is_vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u');
    match word.as_bytes() {
        [.., b'l'] | [_, .., b'l', b'e'] => Ending::Rieul,
        [.., b'm' | b'n'] | [.., b'n', b'g'] | [_, .., b'm' | b'n', b'e'] => Ending::Closed,
        // A stop after one short vowel closes the syllable (넷, 챗, 맥); after anything else it gets a vowel (서포트).
        [before @ .., b'p' | b't' | b'k' | b'c' | b'b'] => {
            let before = match before {
                [shorter @ .., b'p' | b't' | b'c'] => shorter,
                single => single,
            };
            match before {
                [vowel] if is_vowel(*vowel) => Ending::Closed,
                [.., consonant, vowel] if is_vowel(*vowel) && !is_vowel(*consonant) => Ending::Closed,
                _ => Ending::Open,
            }
        }
        _ => Ending::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_particle_follows_the_last_sound() {
        let cases = [
            // Hangul
            ("프로그램", "을/를", "을"),
            ("도우미", "을/를", "를"),
            ("도우미", "이/가", "가"),
            ("창", "이/가", "이"),
            ("컴퓨터", "은/는", "는"),
            ("파일", "은/는", "은"),
            ("파일", "으로/로", "로"),
            ("창", "으로/로", "으로"),
            ("서버", "으로/로", "로"),
            ("간호사", "과/와", "와"),
            ("담당자님", "과/와", "과"),
            ("파일", "과/와", "과"),
            ("ㄹ", "으로/로", "로"),
            ("ㄴ", "을/를", "을"),
            ("ㅏ", "을/를", "를"),
            // Loan words
            ("EDGE&NEXT Support", "을/를", "를"),
            ("EDGE&NEXT Support", "이/가", "가"),
            ("EDGE&NEXT Support", "은/는", "는"),
            ("EDGE&NEXT Support", "으로/로", "로"),
            ("EDGE&NEXT Support", "과/와", "와"),
            ("TeamViewer", "을/를", "를"),
            ("TeamViewer QuickSupport", "이/가", "가"),
            ("Windows", "을/를", "를"),
            ("Excel", "으로/로", "로"),
            ("Excel", "을/를", "을"),
            ("Google", "이/가", "이"),
            ("Chrome", "을/를", "을"),
            ("Phone", "으로/로", "으로"),
            ("Zoom", "이/가", "이"),
            ("Internet", "을/를", "을"),
            ("Client", "을/를", "를"),
            ("Chat", "을/를", "을"),
            ("Mac", "을/를", "을"),
            ("App", "을/를", "을"),
            ("Desk", "이/가", "가"),
            ("Meeting", "이/가", "이"),
            ("Help", "은/는", "는"),
            // Spelled
            ("URL", "을/를", "을"),
            ("URL", "으로/로", "로"),
            ("IT", "이/가", "가"),
            ("HIS", "과/와", "와"),
            ("PDM", "을/를", "을"),
            ("12.3 MB", "을/를", "를"),
            ("850 KB", "을/를", "를"),
            // Digits
            ("N-10", "을/를", "을"),
            ("N-11", "을/를", "을"),
            ("N-11", "으로/로", "로"),
            ("N-12", "을/를", "를"),
            ("N-13", "으로/로", "으로"),
            ("N-14", "이/가", "가"),
            ("N-15", "은/는", "는"),
            ("N-16", "으로/로", "으로"),
            ("N-17", "으로/로", "로"),
            ("N-18", "으로/로", "로"),
            ("N-19", "과/와", "와"),
            ("99%", "을/를", "를"),
            // What is not read aloud
            ("‘종료’", "을/를", "를"),
            ("\"창\"", "을/를", "을"),
            ("EDGE&NEXT Support (15.70)", "을/를", "을"),
            ("[다시 시도]", "을/를", "를"),
            ("담당자님.", "이/가", "이"),
            // Not known
            ("支援", "을/를", "을(를)"),
            ("支援", "으로/로", "(으)로"),
            ("", "이/가", "이(가)"),
            ("…", "은/는", "은(는)"),
            // Not a pair
            ("창", "을", "을"),
        ];
        for (word, pair, expected) in cases {
            assert_eq!(particle(word, pair), expected, "{word} {pair}");
        }
    }

    #[test]
    fn every_final_of_hangul_is_heard() {
        for (index, syllable) in ('가'..='깋').enumerate() {
            let open = index % 28 == 0;
            let rieul = index % 28 == 8;
            assert_eq!(particle(&syllable.to_string(), "을/를"), if open { "를" } else { "을" }, "{syllable}");
            let toward = if open || rieul { "로" } else { "으로" };
            assert_eq!(particle(&syllable.to_string(), "으로/로"), toward, "{syllable}");
        }
    }

    #[test]
    fn nothing_makes_it_panic() {
        for word in ["é", "한é", "éa", "a", "L", "le", "ne", "ng", "t", "&", "🙂", "🙂a", "Ａ"] {
            assert!(!particle(word, "을/를").is_empty(), "{word}");
        }
    }
}
