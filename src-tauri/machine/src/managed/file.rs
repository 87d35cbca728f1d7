//! A policy in a file: TOML 1.0, read as far as it can be read.

use helper_core::policy::{Value, Wrong};
use toml::de::{DeTable, DeValue};

/// A longer file is not a policy, in bytes.
pub(super) const LIMIT: u64 = 65_536;

/// A file with more slips than this, in lines, is something else than a policy.
const MOST_SLIPS: usize = 40;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Names and values, and what is wrong with the rest.
pub(super) fn parse(bytes: &[u8]) -> (Vec<(String, Value)>, Vec<Wrong>) {
    let mut wrong = Vec::new();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return (Vec::new(), vec![Wrong::Utf16]);
    }
    // Often it is a remark in the editor's own encoding: the keys around it count. A value with such bytes does not.
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        wrong.push(Wrong::NotUtf8);
    }
    let body = text.strip_prefix(BYTE_ORDER_MARK);
    if body.is_some() {
        wrong.push(Wrong::ByteOrderMark);
    }
    let body = body.unwrap_or(&text);
    if body.trim().is_empty() {
        wrong.push(Wrong::Nothing);
        return (Vec::new(), wrong);
    }
    let mut lines: Vec<&str> = body.split('\n').collect();
    for _ in 0..MOST_SLIPS {
        let readable = lines.join("\n");
        let error = match DeTable::parse(&readable) {
            Ok(table) => {
                let pairs = table.get_ref().iter();
                let values = pairs.map(|(name, value)| (name.get_ref().to_string(), plain(value.get_ref())));
                return (values.collect(), wrong);
            }
            Err(error) => error,
        };
        // Without that line the others count. What never ended before the last line began further up.
        let at = error.span().map_or(0, |span| span.start).min(readable.len());
        let at = readable.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let Some(slip) = (0..=at).rev().find(|line| lines.get(*line).is_some_and(|line| !line.trim().is_empty()))
        else {
            break;
        };
        wrong.push(Wrong::Syntax(slip + 1, error.message().to_owned()));
        lines[slip] = "";
    }
    (Vec::new(), wrong)
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number that is too large"), Value::Number),
        DeValue::Array(entries) => Value::List(entries.iter().map(|entry| plain(entry.get_ref())).collect()),
        DeValue::Float(_) => Value::Other("a fraction"),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, Value)> {
        parse(text.as_bytes()).0
    }

    fn named(name: &str, value: Value) -> (String, Value) {
        (name.to_owned(), value)
    }

    #[test]
    fn all_types_come_as_plain_values() {
        let text = "mirrors = [\"https://a.example\", '/media/원격']\ncheck_hours = 0x0c\nrate = 99999999999999999999\n\
            x = 1.5\ny = true\nz = 2026-01-01\n[t]\nk = 1\n";
        let list = vec![Value::Text("https://a.example".into()), Value::Text("/media/원격".into())];
        let mut read = values(text);
        read.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            read,
            [
                named("check_hours", Value::Number(12)),
                named("mirrors", Value::List(list)),
                named("rate", Value::Other("a number that is too large")),
                named("t", Value::Other("a table")),
                named("x", Value::Other("a fraction")),
                named("y", Value::Flag(true)),
                named("z", Value::Other("a date")),
            ]
        );
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        for bytes in [&b""[..], b" \n\t", b"\xef\xbb\xbf\r\n"] {
            let (values, wrong) = parse(bytes);
            assert!(values.is_empty() && wrong.contains(&Wrong::Nothing), "{bytes:?}: {wrong:?}");
        }
        assert_eq!(parse(b"# only a remark\n"), (vec![], vec![]));
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(parse(b"\xff\xfec\0h\0").1, [Wrong::Utf16]);
        let beta = || named("channel", Value::Text("beta".into()));
        assert_eq!(parse(b"\xef\xbb\xbfchannel = \"beta\"\r\n"), (vec![beta()], vec![Wrong::ByteOrderMark]));
        // "병원" in the code page of Korean Windows, as a remark.
        let (read, wrong) = parse(b"# \xba\xb4\xbf\xf8\nchannel = \"beta\"\n");
        assert_eq!((read, &wrong[0]), (vec![beta()], &Wrong::NotUtf8));
    }

    #[test]
    fn a_slip_in_one_line_leaves_the_others() {
        // A list without an end takes the next line with it, and no more.
        let (read, wrong) = parse(b"channel = \"beta\"\nmirrors = [\"https://a.example\",\nlanguage = \"en\"\n");
        assert!(matches!(wrong[..], [Wrong::Syntax(3, _), Wrong::Syntax(2, _)]), "{wrong:?}");
        assert_eq!(read, [named("channel", Value::Text("beta".into()))]);
        assert_eq!(parse("(\n".repeat(100).as_bytes()).1.len(), MOST_SLIPS);
        for line in ["proxy http://x:1", "proxy = http://x:1", "= 3", "proxy = \"unfinished", "channel = \"twice\""] {
            let text = format!("channel = \"beta\"\n{line}\nlanguage = \"en\"\n");
            let (read, wrong) = parse(text.as_bytes());
            assert!(wrong.iter().any(|wrong| matches!(wrong, Wrong::Syntax(2, _))), "{line}: {wrong:?}");
            assert!(read.contains(&named("channel", Value::Text("beta".into()))), "{line}: {read:?}");
            assert!(read.contains(&named("language", Value::Text("en".into()))), "{line}: {read:?}");
        }
    }

    #[test]
    fn a_bottomless_value_ends() {
        let deep = [vec![b'['; 30_000], vec![b'{'; 30_000]].concat();
        assert!(!parse(&[b"a = ".to_vec(), deep].concat()).1.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn junk_of_every_kind_ends(picks in proptest::collection::vec(0_usize..JUNK.len(), 0..80)) {
            let bytes: Vec<u8> = picks.into_iter().map(|pick| JUNK[pick]).collect();
            parse(&bytes);
        }
    }

    const JUNK: &[u8] = b"[]{}=\"'#\n\r\t.,ab1\\\xff\xc3\0 :-";
}
