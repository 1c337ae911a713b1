//! Complaints about a scenario, each with the path of the key it is about; of very many the first.

use crate::few::Few;
use crate::mistakes::{Mistake, Mistakes};
use crate::source::source;
use crate::typed::{Step, Typed};

/// A complaint and the path of the key it is about.
pub(crate) type Found = (Vec<Step>, Mistake);

/// Complaints, each about the key at a path.
#[derive(Default)]
pub(crate) struct Complaints {
    found: Few<Found>,
}

impl Complaints {
    /// Notes a complaint with what to write instead.
    pub fn add(
        &mut self,
        path: impl IntoIterator<Item = impl Into<Step>>,
        message: impl Into<String>,
        help: &str,
    ) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.found.push((path.into_iter().map(Into::into).collect(), Mistake::general(message, help)));
    }

    /// Notes a complaint unless `holds`.
    pub fn unless(&mut self, holds: bool, path: &[&str], message: impl Into<String>, help: &str) {
        if !holds {
            self.add(path.iter().copied(), message, help);
        }
    }

    /// The result of a section, and whether it added no complaint.
    pub fn section<T>(&mut self, section: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.found.count();
        let parsed = section(self);
        (parsed, self.found.count() == before)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.found.count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Puts a prefix before the messages of all complaints after the first `count`.
    pub fn prefix_after(&mut self, count: usize, prefix: &str) {
        for (_, mistake) in self.found.iter_mut().skip(count) {
            mistake.message = format!("{prefix}{}", mistake.message);
        }
    }

    /// All of them.
    pub fn into_found(self) -> Few<Found> {
        self.found
    }

    /// The complaints with their places in what was typed, of which `text` is the result.
    pub fn located(self, name: &str, text: &str, typed: &Typed) -> Mistakes {
        let places = typed.places(self.found.iter().map(|(path, _)| &path[..]));
        let mut places = places.into_iter();
        Mistakes::new(
            name,
            self.found.map(|(_, mistake)| match places.next().flatten() {
                Some((source, span)) => (source, Mistake { span: Some(span), ..mistake }),
                None => (source(name, text), mistake),
            }),
        )
    }
}

impl From<Few<Found>> for Complaints {
    fn from(found: Few<Found>) -> Self {
        Self { found }
    }
}
