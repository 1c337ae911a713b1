//! Mistakes in a scenario: what, where, and what to write instead.

use std::ops::Range;

use miette::{Diagnostic, SourceSpan};

use crate::typed::{Source, source};

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
    pub fn at(span: Range<usize>, message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), span: Some(span), help }
    }

    /// A mistake without a place.
    pub fn general(message: impl Into<String>, help: Option<String>) -> Self {
        Self { message: message.into(), span: None, help }
    }

    /// What the TOML reader found.
    pub fn of_toml(error: &toml::de::Error) -> Self {
        let message = error.message().trim().replace('\n', ", ");
        Self { message: format!("this is not TOML: {message}"), span: error.span(), help: None }
    }
}

/// All mistakes of one scenario.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{}", headline(.name, .mistakes))]
pub struct Mistakes {
    name: String,
    #[related]
    mistakes: Vec<Mistake>,
}

fn headline(name: &str, mistakes: &[Mistake]) -> String {
    match mistakes.len() {
        1 => format!("a mistake in {name}"),
        n => format!("{n} mistakes in {name}"),
    }
}

/// One mistake in its text.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Mistake {
    message: String,
    #[source_code]
    source_code: Source,
    #[label("here")]
    span: Option<SourceSpan>,
    #[help]
    help: Option<String>,
}

impl Mistakes {
    /// The problems of scenario `name`, each with the text it stands in.
    pub fn new(name: &str, problems: impl IntoIterator<Item = (Source, Problem)>) -> Self {
        let mistake = |(source_code, problem): (Source, Problem)| Mistake {
            message: problem.message,
            source_code,
            span: problem.span.map(Into::into),
            help: problem.help,
        };
        Self { name: name.to_owned(), mistakes: problems.into_iter().map(mistake).collect() }
    }

    /// The problems of one text.
    pub fn of_text(name: &str, text: &str, problems: Vec<Problem>) -> Self {
        let text = source(name, text);
        Self::new(name, problems.into_iter().map(|problem| (text.clone(), problem)))
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

/// The known name that was probably meant.
pub fn meant<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let likeness = |name: &str| match strsim::osa_distance(&typed, name) {
        0 | 1 if name.len() > 2 => 0.95, // one slip of the finger, in short names too
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
