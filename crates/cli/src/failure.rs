//! A failure: what is printed, and the exit status.

use meanfield::{Error, OptionName};
use miette::{Diagnostic, Report};

use crate::interrupt;
use crate::print::{self, Unprinted, printable};

/// A failure, and the exit status.
pub struct Failure {
    /// 1: the run failed. 2: bad input, nothing written. 3: the time of --max-wall is over. 129, 130,
    /// 143: a signal asked for the end.
    pub status: u8,
    /// The report that is printed.
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
        Self::new(2, text.into(), Some(help.into()))
    }

    /// The program is wrong, not its input.
    pub fn of_the_program() -> Self {
        let help = "please report the lines above, with the scenario and what `meanfield --version` says; \
                    what was computed is kept: --resume goes on";
        let text = "this is a fault of meanfield itself, described above";
        Self::new(1, text.into(), Some(help.into()))
    }

    /// A signal, or the limit of time, asked for the end.
    fn interrupted() -> Self {
        let text = format!("interrupted by {}; what was computed is kept", interrupt::reason());
        let help = format!("to go on: {}", interrupt::resume_command());
        Self::new(interrupt::status(), text, Some(help))
    }

    /// The run failed.
    pub fn run(text: impl Into<String>) -> Self {
        Self::new(1, text.into(), None)
    }

    fn new(status: u8, text: String, help: Option<String>) -> Self {
        let message = Message { text: printable(&text), help: help.map(|help| printable(&help)) };
        Self { status, report: message.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let help = error.help().map(|advice| advice.with_names(typed));
        match error {
            Error::Mistakes(mistakes) => Self { status: 2, report: mistakes.into() },
            Error::Input { text, .. } => Self::new(2, text, help),
            Error::Option { option, value, reason, .. } => {
                Self::new(2, format!("{} {value} {reason}", flag(option)), help)
            }
            Error::Interrupted => Self::interrupted(),
            error => Self::new(1, error.to_string(), help),
        }
    }
}

impl From<Unprinted> for Failure {
    fn from(error: Unprinted) -> Self {
        Self::run(error.to_string())
    }
}

/// The flag of an option of a session.
fn flag(option: OptionName) -> String {
    format!("--{}", option.field().replace('_', "-"))
}

/// An option as it is typed in advice.
fn typed(option: OptionName) -> String {
    let value = if option == OptionName::Output { " DIR" } else { "" };
    format!("{}{value}", flag(option))
}

/// From now on a panic says what a report of it needs.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        let words = panic.payload_as_str().unwrap_or("without a word");
        let program = meanfield::computing();
        print::note(format!("meanfield {program} panicked{}: {words}", place.unwrap_or_default()));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_speaks_to_the_terminal() {
        let failure = Failure::input("no such file: a\u{1b}[31mb\nand more", "a\u{7}");
        assert_eq!(failure.report.to_string(), "no such file: a\\u{1b}[31mb\nand more");
        assert_eq!(failure.report.help().map(|help| help.to_string()).as_deref(), Some("a\\u{7}"));
    }
}
