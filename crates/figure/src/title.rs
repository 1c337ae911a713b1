//! Breaks the title of a figure, and other texts, into lines, and draws titles. It does not decide what a
//! title says.

use crate::picture::{Anchor, Picture};
use crate::style;
use crate::text::Typeface;

/// Most letters of a title that are laid out, more than three lines hold.
const LONGEST_TITLE: usize = 1000;
/// Most lines of a title; the rest is cut off.
const MOST_LINES: usize = 3;

/// Lines of a title that fit into `width`; the last one of a title that is too long ends in dots.
pub fn title_lines(title: &str, typeface: &Typeface, width: f64) -> Vec<String> {
    let title: String = title.chars().take(LONGEST_TITLE).collect();
    let mut lines = lines_within(&title, typeface, style::TITLE_SIZE, width);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines[MOST_LINES - 1].push_str(" …");
    }
    lines
}

/// All lines of a text at a font size, broken at spaces, but for those of an equation.
pub fn lines_within(text: &str, typeface: &Typeface, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in unbroken(text) {
        match lines.last_mut() {
            Some(line) if typeface.width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// The parts of a text that stay together: words, and equations such as "Δ = 0.6".
fn unbroken(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match parts.last_mut() {
            Some(last) if word == "=" || last.ends_with(" =") => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// Height of a line of a title.
pub const TITLE_ROW: f64 = 14.0;

/// Writes the title from the upper left corner.
pub fn draw_title(page: &mut Picture, lines: &[String], left: f64, top: f64) {
    for (i, line) in lines.iter().enumerate() {
        let middle = top + TITLE_ROW * (i as f64 + 0.5);
        page.text(line, (left, middle), style::TITLE_SIZE, style::INK, Anchor::Start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_stay_on_one_line() {
        assert_eq!(unbroken("features are found (Δ = 0.6)"), ["features", "are", "found", "(Δ = 0.6)"]);
        assert_eq!(unbroken("a = b = c  d"), ["a = b = c", "d"]);
    }
}
