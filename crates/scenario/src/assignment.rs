//! An assignment typed on the command line: `--set key=value` or `--vary key=values`. It is read as TOML, and
//! its mistakes are shown in what was typed. What it is laid over, and which keys there are, is not known
//! here.

use std::ops::Range;

use toml::{Table, Value};

use crate::mistakes::Mistake;
use crate::source::{Source, source};

/// The option with which an assignment was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// One value.
    Set,
    /// Values of a varied key.
    Vary,
}

impl Flag {
    /// The option as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set => "--set",
            Self::Vary => "--vary",
        }
    }

    /// The table of the scenario in which the key stands.
    fn table(self) -> &'static str {
        match self {
            Self::Set => "",
            Self::Vary => "vary.",
        }
    }

    /// Advice where an assignment is none.
    fn help(self) -> Option<String> {
        let help = match self {
            Self::Set => "write --set key=value, e.g. --set model.initial.gaussian.scale=0.4",
            Self::Vary => "write --vary key=values, e.g. --vary model.initial.gaussian.scale=0.1,0.4",
        };
        Some(help.to_owned())
    }

    /// The values as TOML: `1,2,3` is a list.
    fn value(self, typed: &str) -> String {
        let is_list = self == Self::Vary && !typed.contains("..") && !typed.starts_with('[');
        if is_list { format!("[{typed}]") } else { typed.to_owned() }
    }
}

/// An assignment that is well-formed.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    /// As it was typed.
    pub source: Source,
    /// The same as TOML.
    pub toml: String,
    key: Piece,
    value: Piece,
}

/// A part of what was typed that stands in the TOML too.
#[derive(Clone, Debug)]
struct Piece {
    typed: Range<usize>,
    /// Where it begins in the TOML.
    start: usize,
}

impl Piece {
    /// The place in what was typed of a place in the TOML.
    fn typed_at(&self, place: usize) -> usize {
        (self.typed.start + place.saturating_sub(self.start)).min(self.typed.end)
    }
}

impl Assignment {
    /// Reads `key=value`; a value that is not TOML is a string.
    pub fn read(typed: &str, flag: Flag) -> Result<(Self, Table), Mistake> {
        let wrong = |message: String| Mistake::general(message, flag.help());
        let Some((key, value)) = typed.split_once('=') else {
            return Err(wrong(format!("{} {typed} has no `=`", flag.name())));
        };
        let key = Trimmed::new(typed, 0, key);
        let value = Trimmed::new(typed, typed.len() - value.len(), value);
        let quoted = Value::String(value.text.to_owned()).to_string();
        let values = [flag.value(value.text), quoted];
        let read = values.into_iter().find_map(|value| {
            let text = format!("{}{} = {value}", flag.table(), key.text);
            Some((toml::from_str::<Table>(&text).ok()?, text, value))
        });
        match read {
            Some((table, ..)) if table.contains_key("quick") => {
                let help = "set the key itself: --set wins over [quick]";
                Err(Mistake::general("[quick] cannot be set", Some(help.into())))
            }
            Some((table, toml, written)) => {
                let start = toml.len() - written.len() + written.find(value.text).unwrap_or(0);
                let source = source(flag.name(), typed);
                let key = Piece { typed: key.place, start: flag.table().len() };
                Ok((Self { source, toml, key, value: Piece { typed: value.place, start } }, table))
            }
            None => Err(wrong(format!("{} {typed}: `{}` is no dotted key", flag.name(), key.text))),
        }
    }

    /// The place in what was typed of a place in the TOML.
    pub fn typed(&self, place: &Range<usize>) -> Range<usize> {
        let end_of_key = self.key.start + self.key.typed.len();
        let piece = if place.start < end_of_key { &self.key } else { &self.value };
        piece.typed_at(place.start)..piece.typed_at(place.end)
    }
}

/// A part of a text without the blanks around it.
struct Trimmed<'a> {
    text: &'a str,
    place: Range<usize>,
}

impl<'a> Trimmed<'a> {
    /// `part` of a text, which begins at `start` in it.
    fn new(whole: &str, start: usize, part: &'a str) -> Self {
        let text = part.trim();
        let start = start + (part.len() - part.trim_start().len());
        let end = (start + text.len()).min(whole.len());
        Self { text, place: start..end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was typed at the place of a part of the TOML.
    fn typed_at(typed: &str, flag: Flag, part: &str) -> String {
        let (own, _) = Assignment::read(typed, flag).expect("an assignment");
        let start = own.toml.find(part).expect("a part");
        typed[own.typed(&(start..start + part.len()))].to_owned()
    }

    #[test]
    fn places_are_those_of_what_was_typed() {
        assert_eq!(typed_at("a.b=1", Flag::Set, "b"), "b");
        assert_eq!(typed_at(" a.b = 12", Flag::Set, "12"), "12");
        assert_eq!(typed_at("a.b=some words", Flag::Set, "\"some words\""), "some words");
        assert_eq!(typed_at("a.bc=1,2", Flag::Vary, "bc"), "bc");
        assert_eq!(typed_at("a.b=1,23", Flag::Vary, "23"), "23");
        assert_eq!(typed_at("a.b=1,23", Flag::Vary, "[1,23]"), "1,23");
        assert_eq!(typed_at("a.b=[1,23]", Flag::Vary, "23"), "23");
        assert_eq!(typed_at("a.b=0..1:3", Flag::Vary, "\"0..1:3\""), "0..1:3");
    }

    #[test]
    fn what_is_no_assignment_is_refused() {
        for wrong in ["no sign", "a..b=1", "=1", "quick.title=x"] {
            assert!(Assignment::read(wrong, Flag::Set).is_err(), "{wrong}");
        }
    }
}
