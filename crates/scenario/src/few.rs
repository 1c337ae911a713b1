//! The first few of many, and how many there are more: of ten thousand mistakes nobody reads more than
//! twenty, and making all their messages takes longer than finding them.

/// So many are kept.
const MOST: usize = 20;

/// See the module's head.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Few<T> {
    kept: Vec<T>,
    more: usize,
    /// Whether the search was given up: there may be still more.
    open: bool,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), more: 0, open: false }
    }
}

impl<T> Few<T> {
    /// One more, which is kept if it is among the first.
    pub fn push(&mut self, one: T) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.kept.push(one);
        }
    }

    /// One more that `make` makes, if it is among the first.
    pub fn push_with(&mut self, make: impl FnOnce() -> T) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.kept.push(make());
        }
    }

    /// Others, in their order.
    pub fn append(&mut self, others: Self) {
        self.more += others.more;
        self.open |= others.open;
        others.kept.into_iter().for_each(|one| self.push(one));
    }

    /// Those that are not kept.
    pub fn others<U>(&self) -> Few<U> {
        Few { kept: Vec::new(), more: self.more, open: self.open }
    }

    /// Nobody looks for more, though there may be some.
    pub fn give_up(&mut self) {
        self.open = true;
    }

    /// Whether no more are kept.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= MOST
    }

    /// All that were found.
    pub fn count(&self) -> usize {
        self.kept.len() + self.more
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Those that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut()
    }

    /// The same of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Few<U> {
        Few { kept: self.kept.into_iter().map(f).collect(), more: self.more, open: self.open }
    }

    /// "and 7 more", if there are.
    pub fn rest(&self) -> Option<String> {
        match (self.more, self.open) {
            (0, false) => None,
            (0, true) => Some("and perhaps more: nobody looked on".to_owned()),
            (more, false) => Some(format!("and {more} more")),
            (more, true) => Some(format!("and at least {more} more")),
        }
    }

    /// How many there are, as people say it: "7", "at least 20".
    pub fn number(&self) -> String {
        format!("{}{}", if self.open { "at least " } else { "" }, self.count())
    }

    /// Those that are kept.
    pub fn into_vec(self) -> Vec<T> {
        self.kept
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut few = Self::default();
        all.into_iter().for_each(|one| few.push(one));
        few
    }
}
