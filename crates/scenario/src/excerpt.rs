//! The excerpt of a text in a message: the line of a mistake and its neighbours, each cut to a readable
//! length.
//! Control characters are not shown: they would reach the terminal.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::{Source, visible};

/// Bytes of a line that are shown on either side of a place, and of the place itself.
const AROUND: usize = 80;
/// Mark in the place of omitted text.
const CUT: &str = "…";

/// The lines of a text around a mistake.
#[derive(Debug)]
pub(crate) struct Excerpt {
    name: String,
    text: String,
    /// Number of its first line in the whole text, from 0.
    first: usize,
    /// The place's line in the excerpt, and the bytes that are cut off before it.
    marked: (usize, usize),
}

impl Excerpt {
    /// Nothing of a source.
    pub fn nothing(source: &Source) -> Self {
        Self { name: source.name().to_owned(), text: String::new(), first: 0, marked: (0, 0) }
    }

    /// The lines around a place, and where it is in the excerpt. Of a place of several lines the first
    /// counts.
    pub fn of(source: &Source, place: Range<usize>) -> (Self, SourceSpan) {
        let whole = source.inner().as_str();
        let start = whole.floor_char_boundary(place.start);
        let line = line_at(whole, start);
        let end = whole.floor_char_boundary(place.end.clamp(start, line.end).min(start + AROUND));
        let left = line.start.max(whole.floor_char_boundary(start.saturating_sub(AROUND)));
        let right = line.end.min(whole.ceil_char_boundary(end + AROUND));
        let before = line.start.checked_sub(1).map(|end| line_at(whole, end));
        let after = (line.end < whole.len()).then(|| line_at(whole, line.end + 1));
        let first = before.as_ref().map_or(line.start, |before| before.start);
        let mut text = before.as_ref().map_or(String::new(), |line| format!("{}\n", beginning(whole, line)));
        if left > line.start {
            text += CUT;
        }
        let marked = (usize::from(before.is_some()), (left - line.start).saturating_sub(CUT.len()));
        text += &visible(&whole[left..start]);
        let offset = text.len();
        text += &visible(&whole[start..end]);
        let span = SourceSpan::new(offset.into(), text.len() - offset);
        text += &visible(&whole[end..right]);
        if right < line.end {
            text += CUT;
        }
        text.extend(after.map(|line| format!("\n{}", beginning(whole, &line))));
        let first = whole.as_bytes()[..first].iter().filter(|byte| **byte == b'\n').count();
        (Self { name: source.name().to_owned(), text, first, marked }, span)
    }
}

/// The line in which a byte lies, without its end.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    start..end
}

/// The beginning of a line.
fn beginning(text: &str, line: &Range<usize>) -> String {
    let end = text.floor_char_boundary(line.end.min(line.start + 2 * AROUND));
    format!("{}{}", visible(&text[line.start..end]), if end < line.end { CUT } else { "" })
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        let (marked, cut) = self.marked;
        let column = read.column() + if read.line() == marked { cut } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            read.data(),
            *read.span(),
            read.line() + self.first,
            column,
            read.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::source;

    fn shown(text: &str, place: Range<usize>) -> (String, String, usize, usize) {
        let (excerpt, span) = Excerpt::of(&source("x.toml", text), place);
        let marked = excerpt.text[span.offset()..span.offset() + span.len()].to_owned();
        let read = excerpt.read_span(&span, 0, 0).expect("within");
        (marked, excerpt.text.clone(), read.line(), read.column())
    }

    #[test]
    fn short_lines_are_shown_whole_with_their_neighbours() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\n";
        assert_eq!(shown(text, 16..17), ("3".into(), "b = 2\nc = 3\nd = 4".into(), 2, 4));
        assert_eq!(shown(text, 0..1), ("a".into(), "a = 1\nb = 2".into(), 0, 0));
        assert_eq!(shown(text, 12..24).0, "c = 3");
        assert_eq!(shown(text, 24..24).0, "");
        assert_eq!(shown("", 0..0).1, "");
    }

    #[test]
    fn long_lines_are_cut_around_the_place_and_keep_their_column() {
        let line = format!("{}wrong{}", "é".repeat(5000), "y".repeat(5000));
        let text = format!("{}\n{line}\nlast", "z".repeat(5000));
        let (marked, shown, line, column) = shown(&text, 15_001..15_006);
        assert_eq!((marked.as_str(), line, column), ("wrong", 1, 10_000));
        assert!(shown.len() < 8 * AROUND && shown.ends_with("y…\nlast"), "{shown}");
    }

    #[test]
    fn what_would_reach_the_terminal_is_not_shown() {
        assert_eq!(shown("a = \"\u{1b}[31m\"\r\nb = 1\r", 4..10).1, "a = \"\u{fffd}[31m\"\nb = 1");
    }
}
