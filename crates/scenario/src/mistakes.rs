//! Mistakes in a scenario: what, where, and what to write instead.

use std::ops::Range;

use miette::{Diagnostic, SourceCode, SourceSpan};

use crate::excerpt::Excerpt;
use crate::few::Few;
use crate::source::{Source, source, visible};

/// Characters of a message that are printed before and after what is cut out of its middle.
const ENDS: [usize; 2] = [600, 200];

/// One mistake, not yet assigned to a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mistake {
    /// The problem.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Option<Range<usize>>,
    /// Advice: what to write instead.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake at a place.
    pub fn at(span: Range<usize>, message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), span: Some(span), help }
    }

    /// A mistake without a place.
    pub fn general(message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), span: None, help }
    }

    /// An error of the TOML parser.
    pub fn of_toml(error: &toml::de::Error) -> Self {
        let message = error.message().trim().replace('\n', ", ");
        Self { message: format!("this is not TOML: {message}"), span: error.span(), help: None }
    }
}

/// The mistakes of one scenario: the first twenty, and how many there are more.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{headline}")]
pub struct Mistakes {
    headline: String,
    #[related]
    mistakes: Vec<Located>,
}

/// One mistake in its text.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Located {
    message: String,
    #[source_code]
    excerpt: Excerpt,
    #[label("here")]
    span: Option<SourceSpan>,
    #[help]
    help: Option<String>,
}

impl Located {
    fn new(source: &Source, mistake: Mistake) -> Self {
        let (excerpt, span) = match mistake.span {
            Some(place) => {
                let (excerpt, span) = Excerpt::of(source, place);
                (excerpt, Some(span))
            }
            None => (Excerpt::nothing(source), None),
        };
        Self { message: cut(&mistake.message), excerpt, span, help: mistake.help.as_deref().map(cut) }
    }

    /// Line and column in the whole text, counted from 1.
    fn place(&self) -> Option<[usize; 2]> {
        let read = self.excerpt.read_span(self.span.as_ref()?, 0, 0).ok()?;
        Some([read.line() + 1, read.column() + 1])
    }
}

/// A message that can be read: its ends, if it is long.
fn cut(message: &str) -> String {
    let [first, last] = ENDS;
    let length = message.chars().count();
    if length <= first + last {
        return visible(message);
    }
    let part = |from: usize, count: usize| message.chars().skip(from).take(count).collect::<String>();
    visible(&format!("{} … {}", part(0, first), part(length - last, last)))
}

impl Mistakes {
    /// The mistakes of scenario `name`, each with the text that it is in.
    pub(crate) fn new(name: &str, mistakes: Few<(Source, Mistake)>) -> Self {
        let name = &visible(name);
        let headline = match mistakes.count() {
            1 => format!("a mistake in {name}"),
            _ => format!("{} mistakes in {name}", mistakes.number()),
        };
        let rest = mistakes.rest().map(|rest| Located::new(&source(name, ""), Mistake::general(rest, None)));
        let mistakes = mistakes.map(|(source, mistake)| Located::new(&source, mistake)).into_vec();
        Self { headline, mistakes: mistakes.into_iter().chain(rest).collect() }
    }

    /// The mistakes of one text.
    pub(crate) fn of_text(name: &str, text: &str, mistakes: impl IntoIterator<Item = Mistake>) -> Self {
        let text = source(name, text);
        Self::new(name, mistakes.into_iter().map(|mistake| (text.clone(), mistake)).collect())
    }

    /// The messages alone.
    pub fn messages(&self) -> Vec<&str> {
        self.mistakes.iter().map(|mistake| mistake.message.as_str()).collect()
    }

    /// The message of each, its line and column in the text, counted from 1, where it has a place, and its
    /// help.
    pub fn located(&self) -> impl Iterator<Item = (&str, Option<[usize; 2]>, Option<&str>)> {
        let parts = self.mistakes.iter();
        parts.map(|mistake| (mistake.message.as_str(), mistake.place(), mistake.help.as_deref()))
    }

    /// The help of each, where there is one.
    pub fn helps(&self) -> Vec<&str> {
        self.mistakes.iter().filter_map(|mistake| mistake.help.as_deref()).collect()
    }
}

/// The known name that was probably meant.
pub fn meant<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let likeness = |name: &str| match strsim::osa_distance(&typed, name) {
        0 | 1 if name.len() > 2 => 0.95, // one typing error, in short names too
        _ => strsim::jaro_winkler(&typed, name),
    };
    let near = known.into_iter().filter(|name| likeness(name) > 0.8);
    near.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// "did you mean …?" if a known name is close to the one typed, else the list of known names.
pub fn suggestion<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match (meant(typed, known.iter().copied()), known.is_empty()) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, false) => format!("what exists here: {}", known.join(", ")),
        (None, true) => "nothing may stand here".to_owned(),
    }
}
