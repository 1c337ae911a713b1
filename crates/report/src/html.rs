//! Text as HTML: whatever a record holds is shown, and never obeyed. It knows no page.

/// A text in which nothing is markup, in elements and in quoted attributes; characters that HTML forbids are
/// replaced.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if is_forbidden(c) => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Whether a character is none of a text: controls, and those that turn the direction of what follows.
fn is_forbidden(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// JSON in an element `script`: no text in it can end the element or begin a comment.
pub fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// A text as the target of a link: `data:text/plain` after this percent-encoded.
pub fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(escaped("<script>a & \"b'\0</script>"), {
            "&lt;script&gt;a &amp; &quot;b&#39;\u{fffd}&lt;/script&gt;"
        });
        assert_eq!(json_in_script(r#""</script><!--""#), r#""\u003c/script\u003e\u003c!--""#);
        assert_eq!(percent_encoded("a = \"é\"\n"), "a%20%3D%20%22%C3%A9%22%0A");
    }
}
