//! Advice of an error: what to do instead, in terms of the options of a session. How an option is typed is
//! known to the program alone, which renders the advice in its own words.

use std::fmt;

/// An option that a message speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionName {
    /// [`Options::output`](crate::Options::output).
    Output,
    /// [`Options::threads`](crate::Options::threads).
    Threads,
    /// [`Options::resume`](crate::Options::resume).
    Resume,
    /// [`Options::extend`](crate::Options::extend).
    Extend,
    /// [`Options::overwrite`](crate::Options::overwrite).
    Overwrite,
    /// [`Options::checkpoint_every`](crate::Options::checkpoint_every).
    CheckpointEvery,
    /// [`Source::vary`](crate::Source::vary).
    Vary,
}

impl OptionName {
    /// All of them.
    const ALL: [Self; 7] = [
        Self::Output,
        Self::Threads,
        Self::Resume,
        Self::Extend,
        Self::Overwrite,
        Self::CheckpointEvery,
        Self::Vary,
    ];

    /// The name of the field that holds it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Threads => "threads",
            Self::Resume => "resume",
            Self::Extend => "extend",
            Self::Overwrite => "overwrite",
            Self::CheckpointEvery => "checkpoint_every",
            Self::Vary => "vary",
        }
    }
}

/// Advice what to do instead; empty where there is none. An option stands in it as its field in braces:
/// `use {overwrite} to start again`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice(String);

impl Advice {
    /// The advice with options called as the caller calls them.
    pub fn with_names(&self, name: impl Fn(OptionName) -> String) -> String {
        OptionName::ALL.into_iter().fold(self.0.clone(), |text, option| {
            text.replace(&format!("{{{}}}", option.field()), &name(option))
        })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> From<T> for Advice {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.with_names(|option| format!("`{}`", option.field())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_called_as_the_caller_calls_them() {
        let advice = Advice::from("use {overwrite} to start again, or another {output}");
        assert_eq!(advice.to_string(), "use `overwrite` to start again, or another `output`");
        let typed = advice.with_names(|option| format!("--{}", option.field()));
        assert_eq!(typed, "use --overwrite to start again, or another --output");
    }
}
