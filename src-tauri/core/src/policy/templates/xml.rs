//! Text inside XML 1.0.

/// A text for an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // No XML file may have these, however they are written (XML 1.0, section 2.2).
            c if c.is_control() && !matches!(c, '\n' | '\t') => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// A text for a comment, in which two hyphens may not stand side by side (XML 1.0, section 2.5).
pub(super) fn remark(text: &str) -> String {
    let mut safe = escaped(text);
    while safe.contains("--") {
        safe = safe.replace("--", "- -");
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_text_or_a_remark_does_not() {
        assert_eq!(escaped("A&B <\"c\">\r\0"), "A&amp;B &lt;&quot;c&quot;&gt;  ");
        assert_eq!(remark("a --- b --> c"), "a - - - b - -&gt; c");
    }
}
