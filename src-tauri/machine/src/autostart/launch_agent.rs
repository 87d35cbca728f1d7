//! The text of a launch agent (launchd.plist(5)). Portable, so that it is tested wherever the helper is built.

use super::AtLogin;

/// The whole property list. `None` when the program or an argument cannot stand in one: XML has no way to write most control
/// characters (XML 1.0, 2.2), and launchd wants text.
pub fn property_list(at_login: &AtLogin) -> Option<String> {
    let program = at_login.program.to_str()?;
    let words: Option<String> = std::iter::once(program)
        .chain(at_login.arguments.iter().map(String::as_str))
        .map(|word| Some(format!("    <string>{}</string>\n", escaped(word)?)))
        .collect();
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>{label}</string>\n  \
         <key>ProgramArguments</key>\n  <array>\n{words}  </array>\n  \
         <key>RunAtLoad</key>\n  <true/>\n  <key>ProcessType</key>\n  <string>Interactive</string>\n  \
         <key>LimitLoadToSessionType</key>\n  <string>Aqua</string>\n</dict>\n</plist>\n",
        label = escaped(&at_login.identifier)?,
        words = words?,
    ))
}

fn escaped(text: &str) -> Option<String> {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A reader would turn a bare one into a line feed.
            '\r' => safe.push_str("&#13;"),
            '\n' | '\t' => safe.push(letter),
            '\u{fffe}' | '\u{ffff}' => return None,
            _ if u32::from(letter) < 0x20 => return None,
            _ => safe.push(letter),
        }
    }
    Some(safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn at_login(program: &str, arguments: &[&str]) -> AtLogin {
        AtLogin {
            identifier: "com.edgenext.support-helper".into(),
            title: "원격지원 도우미".into(),
            program: PathBuf::from(program),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    #[test]
    fn every_word_is_one_string() {
        let text =
            property_list(&at_login("/Applications/A & B/<원격>.app/Contents/MacOS/x", &["--background", "a b"]))
                .unwrap();
        let words: Vec<&str> = text.lines().filter(|line| line.starts_with("    <string>")).collect();
        assert_eq!(
            words,
            [
                "    <string>/Applications/A &amp; B/&lt;원격&gt;.app/Contents/MacOS/x</string>",
                "    <string>--background</string>",
                "    <string>a b</string>",
            ]
        );
        assert!(text.contains("<key>Label</key>\n  <string>com.edgenext.support-helper</string>"));
        assert!(text.contains("<key>RunAtLoad</key>\n  <true/>"));
        assert!(text.starts_with("<?xml ") && text.ends_with("</plist>\n"));
    }

    #[test]
    fn nobody_ends_the_string_or_the_list() {
        let text =
            property_list(&at_login("/x", &["</string></array><key>KeepAlive</key><true/>", "]]>", "&amp;"])).unwrap();
        assert!(!text.contains("<key>KeepAlive"));
        assert_eq!(text.matches("</array>").count(), 1);
        assert!(text.contains("<string>&amp;amp;</string>"));
        assert!(property_list(&at_login("/x\0", &[])).is_none());
        assert!(property_list(&at_login("/x", &["\u{1b}"])).is_none());
        assert!(property_list(&at_login("/x", &["\u{ffff}"])).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_has_no_entry() {
        use std::os::unix::ffi::OsStringExt as _;
        let mut entry = at_login("/x", &[]);
        entry.program = std::ffi::OsString::from_vec(vec![b'/', 0xff]).into();
        assert!(property_list(&entry).is_none());
    }
}
