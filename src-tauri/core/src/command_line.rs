//! Command lines as systems keep them in files and registry values, written so that they come apart into the same arguments again.

/// A command line for Windows, which comes apart by the rules of `CommandLineToArgvW` (Microsoft: "Parsing C++ command-line
/// arguments"). The program's path always stands in quotes: an unquoted one with spaces starts whatever lies at its first word.
/// `None` when the path is none that Windows can have.
pub fn windows(program: &str, arguments: &[&str]) -> Option<String> {
    if program.is_empty()
        || program.contains(['"', '\0', '\n', '\r'])
        || arguments.iter().any(|text| text.contains('\0'))
    {
        return None;
    }
    let mut line = format!("\"{program}\"");
    for argument in arguments {
        line.push(' ');
        if argument.is_empty() || argument.contains([' ', '\t', '\n', '\r', '"']) {
            push_quoted(&mut line, argument);
        } else {
            line.push_str(argument);
        }
    }
    Some(line)
}

/// Backslashes count only before a quote: there each stands twice, and one more before a quote that is meant.
fn push_quoted(line: &mut String, argument: &str) {
    line.push('"');
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                line.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(c);
    }
    line.extend(std::iter::repeat_n('\\', backslashes));
    line.push('"');
}

/// The value of `Exec` in a desktop entry (Desktop Entry Specification 1.5, "The Exec key"): every argument quoted, percent signs
/// doubled, and then escaped as every value in such a file is. `None` for what such a line cannot hold: an empty program, an equals sign in its path, a
/// zero.
pub fn desktop_entry(program: &str, arguments: &[&str]) -> Option<String> {
    if program.is_empty()
        || program.contains('=')
        || program.contains('\0')
        || arguments.iter().any(|a| a.contains('\0'))
    {
        return None;
    }
    let quoted: Vec<String> = [program].iter().chain(arguments).map(|argument| quoted_for_entry(argument)).collect();
    Some(desktop_value(&quoted.join(" ")))
}

fn quoted_for_entry(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,+@".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', c]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text as a desktop entry's value (the same specification, "Possible value types").
pub fn desktop_value(text: &str) -> String {
    let mut value = String::new();
    for (at, c) in text.chars().enumerate() {
        match c {
            '\\' => value.push_str("\\\\"),
            '\n' => value.push_str("\\n"),
            '\r' => value.push_str("\\r"),
            '\t' => value.push_str("\\t"),
            ' ' if at == 0 => value.push_str("\\s"),
            _ => value.push(c),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `CommandLineToArgvW`, as its documentation describes it.
    fn come_apart_on_windows(line: &str) -> Vec<String> {
        let (program, rest) = line.strip_prefix('"').unwrap().split_once('"').unwrap();
        let mut arguments = vec![program.to_owned()];
        let mut chars = rest.chars().peekable();
        while chars.next_if(|c| *c == ' ').is_some() {
            let (mut argument, mut inside) = (String::new(), false);
            loop {
                let mut backslashes = 0;
                while chars.next_if_eq(&'\\').is_some() {
                    backslashes += 1;
                }
                if chars.peek() == Some(&'"') {
                    argument.push_str(&"\\".repeat(backslashes / 2));
                    chars.next();
                    if backslashes % 2 == 1 {
                        argument.push('"')
                    } else {
                        inside = !inside
                    }
                    continue;
                }
                argument.push_str(&"\\".repeat(backslashes));
                match chars.peek() {
                    Some(' ' | '\t') if !inside => break,
                    Some(_) => argument.extend(chars.next()),
                    None => break,
                }
            }
            arguments.push(argument);
        }
        arguments
    }

    /// A desktop's launcher: first the file's escapes, then quotes and field codes.
    fn come_apart_on_a_desktop(value: &str) -> Vec<String> {
        let mut line = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            line.push(if c == '\\' {
                match chars.next().unwrap() {
                    's' => ' ',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                }
            } else {
                c
            });
        }
        let (mut arguments, mut argument, mut inside, mut any) = (vec![], String::new(), false, false);
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => (inside, any) = (!inside, true),
                '\\' if inside => argument.extend(chars.next()),
                '%' => {
                    assert_eq!(chars.next(), Some('%'), "a field code in {line:?}");
                    argument.push('%');
                }
                ' ' if !inside => {
                    arguments.push(std::mem::take(&mut argument));
                    any = false;
                }
                _ => argument.push(c),
            }
        }
        if any || !argument.is_empty() {
            arguments.push(argument);
        }
        arguments
    }

    #[test]
    fn the_usual_lines() {
        assert_eq!(
            windows(r"C:\Program Files\a b\support-helper.exe", &["--background"]).unwrap(),
            r#""C:\Program Files\a b\support-helper.exe" --background"#
        );
        assert_eq!(windows("x", &["", r"a\", r"a b\", r#"a"b\"c"#]).unwrap(), r#""x" "" a\ "a b\\" "a\"b\\\"c""#);
        assert_eq!(
            desktop_entry("/usr/bin/support-helper", &["--background"]).unwrap(),
            "/usr/bin/support-helper --background"
        );
        assert_eq!(desktop_entry("/홍길동 $1/a", &["100%"]).unwrap(), r#""/홍길동 \\$1/a" "100%%""#);
        assert_eq!((windows("a\"b", &[]), windows("", &[]), desktop_entry("/a=b", &[])), (None, None, None));
    }

    proptest! {
        #[test]
        fn every_line_comes_apart_into_what_it_was_made_of(
            program in "[a-zA-Z:\\\\ 가-힣%'$`-]{1,20}",
            arguments in prop::collection::vec("[a-z\\\\\" \t\n%$`'가]{0,12}", 0..4),
        ) {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let all: Vec<&str> = [program.as_str()].into_iter().chain(arguments.iter().copied()).collect();
            prop_assert_eq!(come_apart_on_windows(&windows(&program, &arguments).unwrap()), all.clone());
            prop_assert_eq!(come_apart_on_a_desktop(&desktop_entry(&program, &arguments).unwrap()), all);
        }
    }
}
