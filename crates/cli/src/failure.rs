//! A failure: what is printed, and the exit status.

use miette::{Diagnostic, Report};

/// What went wrong, and the status to leave with.
pub struct Failure {
    /// 1: the run failed. 2: bad input, nothing written. 130, 143: a signal asked for the end.
    pub status: u8,
    /// What is printed.
    pub report: Report,
}

/// A message with what to write instead.
#[derive(Debug, Diagnostic)]
struct Message {
    text: String,
    #[help]
    help: Option<String>,
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Message {}

impl Failure {
    /// Bad input: `text` says what and where, `help` what to write instead.
    pub fn input(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self { status: 2, report: Message { text: text.into(), help: Some(help.into()) }.into() }
    }

    /// The program is wrong, not its input.
    pub fn of_the_program() -> Self {
        let help = "please report it with the scenario; what was computed is kept: --resume goes on";
        let text = "this is a fault of meanfield itself, described above";
        Self { status: 1, report: Message { text: text.into(), help: Some(help.into()) }.into() }
    }

    /// A signal asked for the end; `to_go_on` is the command that goes on.
    pub fn interrupted(signal: &str, status: u8, to_go_on: &str) -> Self {
        let text = format!("interrupted by {signal}; what was computed is kept");
        Self { status, report: Message { text, help: Some(format!("to go on: {to_go_on}")) }.into() }
    }

    /// The run failed.
    pub fn run(text: impl Into<String>) -> Self {
        Self { status: 1, report: Message { text: text.into(), help: None }.into() }
    }
}

impl From<meanfield_scenario::problem::Mistakes> for Failure {
    fn from(mistakes: meanfield_scenario::problem::Mistakes) -> Self {
        Self { status: 2, report: mistakes.into() }
    }
}
