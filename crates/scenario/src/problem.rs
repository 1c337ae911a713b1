//! Mistakes in a scenario: what, where, and what to write instead.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// One mistake, before it knows the text it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Option<Range<usize>>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    /// A mistake at a place.
    pub fn at(span: Option<Range<usize>>, message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), span, help }
    }

    /// A mistake without a place.
    pub fn general(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, help: None }
    }

    /// What the TOML reader found.
    pub fn of_toml(error: &toml::de::Error) -> Self {
        Self { message: error.message().trim().to_owned(), span: error.span(), help: None }
    }
}

/// All mistakes of one text.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{}", headline(.name, .mistakes))]
pub struct Mistakes {
    name: String,
    #[related]
    mistakes: Vec<Mistake>,
}

fn headline(name: &str, mistakes: &[Mistake]) -> String {
    match mistakes.len() {
        1 => format!("there is a mistake in {name}"),
        n => format!("there are {n} mistakes in {name}"),
    }
}

/// One mistake in its text.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Mistake {
    message: String,
    #[source_code]
    source_code: Arc<NamedSource<String>>,
    #[label("here")]
    span: Option<SourceSpan>,
    #[help]
    help: Option<String>,
}

impl Mistakes {
    /// The problems of the text called `name`.
    pub fn new(name: &str, text: &str, problems: Vec<Problem>) -> Self {
        let source_code = Arc::new(NamedSource::new(name, text.to_owned()));
        let mistake = |problem: Problem| Mistake {
            message: problem.message,
            source_code: source_code.clone(),
            span: problem.span.map(Into::into),
            help: problem.help,
        };
        Self { name: name.to_owned(), mistakes: problems.into_iter().map(mistake).collect() }
    }

    /// The messages alone.
    pub fn messages(&self) -> Vec<&str> {
        self.mistakes.iter().map(|mistake| mistake.message.as_str()).collect()
    }

    /// The help of each, where there is one.
    pub fn helps(&self) -> Vec<&str> {
        self.mistakes.iter().filter_map(|mistake| mistake.help.as_deref()).collect()
    }
}

/// "did you mean …?" if a known name is close to the one typed, else the list of known names.
pub fn suggestion<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let likeness = |name: &&&str| (strsim::jaro_winkler(typed, name) * 1e6) as u64;
    match known.iter().max_by_key(likeness) {
        Some(name) if strsim::jaro_winkler(typed, name) > 0.8 => format!("did you mean `{name}`?"),
        _ => format!("what exists here: {}", known.join(", ")),
    }
}
