//! Just enough of HTTP/1.1 to read a request.

use std::io::{self, BufRead, Read};

/// A client that sends more than this before its body is not one of ours.
const HEAD_LIMIT: u64 = 16 * 1024;

/// A request's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head; nothing at the end of the connection.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut from = from.take(HEAD_LIMIT);
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
            return Err(bad("request line"));
        };
        if !version.starts_with("HTTP/1.") {
            return Err(bad("version"));
        }
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let path = decoded(path).ok_or_else(|| bad("path"))?;
        let (method, query) = (method.to_owned(), query.map(str::to_owned));
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Err(bad("end of headers"));
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok(Some(Self { method, path, query, headers }));
            }
            let (name, value) = line.split_once(':').ok_or_else(|| bad("header"))?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// The value of a header, named in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not a request: {what}"))
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = rest.get(2..)?;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What a `Range` header asks of a file of `total` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Everything: no range, or one that may be passed over (several ranges, another unit, nonsense).
    Whole,
    /// From the first to the last byte, both included.
    Part(u64, u64),
    /// Nothing that the file has.
    Outside,
}

impl Span {
    pub(super) fn asked(range: Option<&str>, total: u64) -> Self {
        let Some((first, last)) = range.and_then(|text| text.strip_prefix("bytes=")).and_then(|s| s.split_once('-'))
        else {
            return Self::Whole;
        };
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Err(_), Ok(0)) => Self::Outside,
            (Err(_), Ok(_)) if total == 0 => Self::Outside,
            (Err(_), Ok(count)) if first.is_empty() => Self::Part(total.saturating_sub(count), total - 1),
            (Ok(first), _) if first >= total => Self::Outside,
            (Ok(first), Err(_)) if last.is_empty() => Self::Part(first, total - 1),
            (Ok(first), Ok(last)) if first <= last => Self::Part(first, last.min(total - 1)),
            _ => Self::Whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, total, span) in [
            (None, 10, Span::Whole),
            (Some("bytes=0-"), 10, Span::Part(0, 9)),
            (Some("bytes=4-5"), 10, Span::Part(4, 5)),
            (Some("bytes=4-99"), 10, Span::Part(4, 9)),
            (Some("bytes=-3"), 10, Span::Part(7, 9)),
            (Some("bytes=-30"), 10, Span::Part(0, 9)),
            (Some("bytes=10-"), 10, Span::Outside),
            (Some("bytes=-0"), 10, Span::Outside),
            (Some("bytes=5-4"), 10, Span::Whole),
            (Some("bytes=0-1,4-5"), 10, Span::Whole),
            (Some("lines=0-1"), 10, Span::Whole),
            (Some("bytes=0-"), 0, Span::Outside),
        ] {
            assert_eq!(Span::asked(range, total), span, "{range:?}");
        }
    }

    #[test]
    fn head() {
        let text = b"GET /a%20b/%EA%B0%80?x=1 HTTP/1.1\r\nHost: h\r\nRange: bytes=1-\r\n\r\n";
        let head = Head::read(&mut &text[..]).unwrap().unwrap();
        assert_eq!((head.path.as_str(), head.query.as_deref()), ("/a b/가", Some("x=1")));
        assert_eq!(head.header("range"), Some("bytes=1-"));
        assert!(Head::read(&mut &b"nonsense\r\n"[..]).is_err());
        assert!(Head::read(&mut &b""[..]).unwrap().is_none());
    }
}
