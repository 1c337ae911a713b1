//! The first few of many items, and how many there are more: of ten thousand mistakes nobody reads more than
//! twenty, and making all their messages takes longer than finding them.

/// Most items that are stored.
const MOST: usize = 20;

/// The first items of a sequence, and a count of the others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Few<T> {
    stored: Vec<T>,
    more: usize,
    /// Whether the search was given up: there may be still more.
    open: bool,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { stored: Vec::new(), more: 0, open: false }
    }
}

impl<T> Few<T> {
    /// Adds an item, which is stored if it is among the first.
    pub fn push(&mut self, one: T) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.stored.push(one);
        }
    }

    /// Adds an item, which is made and stored if it is among the first.
    pub fn push_with(&mut self, make: impl FnOnce() -> T) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.stored.push(make());
        }
    }

    /// Adds others, in their order.
    pub fn append(&mut self, others: Self) {
        self.more += others.more;
        self.open |= others.open;
        others.stored.into_iter().for_each(|one| self.push(one));
    }

    /// The count of those that are not stored.
    pub fn others<U>(&self) -> Few<U> {
        Few { stored: Vec::new(), more: self.more, open: self.open }
    }

    /// Notes that the search was given up, though there may be more.
    pub fn give_up(&mut self) {
        self.open = true;
    }

    /// Whether no more are stored.
    pub fn is_full(&self) -> bool {
        self.stored.len() >= MOST
    }

    /// The number of all items, stored or not.
    pub fn count(&self) -> usize {
        self.stored.len() + self.more
    }

    pub fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// The stored items.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.stored.iter()
    }

    /// The stored items, mutable.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.stored.iter_mut()
    }

    /// The same with every stored item mapped.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Few<U> {
        Few { stored: self.stored.into_iter().map(f).collect(), more: self.more, open: self.open }
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

    /// Their number in words: "7", "at least 20".
    pub fn number(&self) -> String {
        format!("{}{}", if self.open { "at least " } else { "" }, self.count())
    }

    /// The stored items.
    pub fn into_vec(self) -> Vec<T> {
        self.stored
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut few = Self::default();
        all.into_iter().for_each(|one| few.push(one));
        few
    }
}
