//! Observables: name in records, symbol and words, whether a result or a certificate, and where programs show
//! them. Every one is stated once, in [`crate::quantities`]; claims, insets, summaries,
//! figures and checks of names read that list.
//!
//! It knows no record: certificates are judged by [`crate::certificate`].

use meanfield_model::coordinate_law::CoordinateLaw;

/// Where the name of something that each coordinate has leaves room for the coordinate's:
/// `mean_<coordinate>`.
pub const COORDINATE: &str = "<coordinate>";

/// A number that the law of a coordinate has.
pub type Statistic = fn(&CoordinateLaw) -> f64;

/// An observable.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Quantity {
    /// Name in records and scenarios; of what each coordinate has, without the coordinate.
    pub name: &'static str,
    /// Its symbol in figures; empty if it has none.
    pub symbol: &'static str,
    /// Description for labels and `long_name`.
    pub meaning: &'static str,
    /// Its purpose.
    pub group: Group,
    /// Whether each coordinate has one: `mean_radius`, `mean_a`.
    pub per_coordinate: bool,
    /// Layers that networks have which report it; None for what is not of layers.
    pub least_depth: Option<usize>,
    /// How it follows from the law of a coordinate; None for what systems report.
    pub statistic: Option<Statistic>,
    /// Where programs show it.
    pub shown: Shown,
}

/// Purpose of a quantity.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Group {
    /// A result: a curve over time.
    Result,
    /// A number that measures how far a solution can be trusted.
    Certificate(Certificate),
    /// A value of this varied key at which the solution changes its form.
    Threshold {
        /// The key, as the axis is called.
        key: &'static str,
    },
    /// How far two laws are apart at a snapshot: laws of a coordinate.
    Distance,
    /// The same of laws of all coordinates together, two or more.
    JointDistance,
    /// A difference of two systems at the same time, which a comparison computes.
    Gap,
}

/// How a certificate is judged and reported.
#[derive(Clone, Copy, Debug)]
pub struct Certificate {
    /// Subject of a sentence whose object is the number.
    pub subject: &'static str,
    /// How its worst value is found.
    pub worst: Worst,
    /// The value beyond which it is bad.
    pub threshold: Threshold,
    /// Advice for the user where it is bad.
    pub advice: &'static str,
    /// Text for its worst value in a summary; None for its name and the number.
    pub report: Option<fn(f64) -> String>,
}

/// Which of the values over time (and runs) counts most against the solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The largest size.
    Largest,
    /// The smallest value.
    Smallest,
}

/// From where on a certificate speaks against the solution.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Threshold {
    /// Beyond this number.
    Fixed(f64),
    /// Beyond this share of the largest risk.
    OfRisk(f64),
    /// The same unless refinement states an error of the risk, which contains it.
    ErrorOfRisk(f64),
    /// Beyond this share of the largest spread of any coordinate.
    OfSpread(f64),
    /// Never: it describes the method, not its accuracy.
    Never,
}

/// Where programs show a quantity, beside the record.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Shown {
    /// Whether a scenario may claim it.
    pub in_claims: bool,
    /// Whether it may be an inset in the figure of the risk.
    pub in_insets: bool,
    /// Name of its axis in the figure over a varied key; it has a panel there.
    pub over_key: Option<&'static str>,
    /// Its map over two varied keys.
    pub map: Option<Map>,
    /// Its name in the summary of a law at rest.
    pub at_rest: Option<&'static str>,
}

/// A map over two varied keys.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    /// Title of the map.
    pub words: &'static str,
    /// Whether only what is above 0 is shown.
    pub from_zero: bool,
}

impl Quantity {
    const fn new(name: &'static str, symbol: &'static str, meaning: &'static str, group: Group) -> Self {
        let shown = Shown { in_claims: false, in_insets: false, over_key: None, map: None, at_rest: None };
        Self {
            name,
            symbol,
            meaning,
            group,
            per_coordinate: false,
            least_depth: None,
            statistic: None,
            shown,
        }
    }

    /// A result.
    pub const fn result(name: &'static str, symbol: &'static str, meaning: &'static str) -> Self {
        Self::new(name, symbol, meaning, Group::Result)
    }

    /// A certificate, which may be an inset too.
    pub const fn certificate(name: &'static str, meaning: &'static str, certificate: Certificate) -> Self {
        Self::new(name, "", meaning, Group::Certificate(certificate)).in_insets()
    }

    /// A value of a varied key at which the solution changes its form.
    pub const fn threshold(
        name: &'static str,
        symbol: &'static str,
        meaning: &'static str,
        key: &'static str,
    ) -> Self {
        Self::new(name, symbol, meaning, Group::Threshold { key })
    }

    /// A distance between two laws of a coordinate, which a scenario may claim.
    pub const fn distance(name: &'static str, symbol: &'static str, meaning: &'static str) -> Self {
        Self::new(name, symbol, meaning, Group::Distance).per_coordinate().in_claims()
    }

    /// A distance between two laws of all coordinates together, which a scenario may claim.
    pub const fn joint_distance(name: &'static str, symbol: &'static str, meaning: &'static str) -> Self {
        Self::new(name, symbol, meaning, Group::JointDistance).in_claims()
    }

    /// A difference of two systems over time, which a comparison computes.
    pub const fn gap(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, "", meaning, Group::Gap)
    }

    /// The same, one for each coordinate.
    pub const fn per_coordinate(mut self) -> Self {
        self.per_coordinate = true;
        self
    }

    /// The same, of networks of so many layers or more.
    pub const fn from_depth(mut self, layers: usize) -> Self {
        self.least_depth = Some(layers);
        self
    }

    /// Whether networks of so many layers may report it; two-layer networks in reduced coordinates have None.
    pub fn exists_at_depth(&self, layers: Option<usize>) -> bool {
        self.least_depth.is_none_or(|least| layers.is_some_and(|layers| least <= layers))
    }

    /// The same, read from the law of each coordinate: every system then has it.
    pub const fn read_from_laws(mut self, statistic: Statistic) -> Self {
        self.statistic = Some(statistic);
        self.per_coordinate()
    }

    /// The same, which a scenario may claim.
    pub const fn in_claims(mut self) -> Self {
        self.shown.in_claims = true;
        self
    }

    /// The same, which may be an inset.
    pub const fn in_insets(mut self) -> Self {
        self.shown.in_insets = true;
        self
    }

    /// The same with a panel over a varied key, whose axis has this name.
    pub const fn over_key(mut self, axis: &'static str) -> Self {
        self.shown.over_key = Some(axis);
        self
    }

    /// The same with a map over two varied keys.
    pub const fn mapped(mut self, words: &'static str, from_zero: bool) -> Self {
        self.shown.map = Some(Map { words, from_zero });
        self
    }

    /// The same, which the summary reports of laws at rest by this name.
    pub const fn at_rest(mut self, words: &'static str) -> Self {
        self.shown.at_rest = Some(words);
        self
    }

    /// Its name for a coordinate: `mean_radius`.
    pub fn name_for(&self, coordinate: &str) -> String {
        format!("{}_{coordinate}", self.name)
    }

    /// Its meaning for a coordinate: "mean of the neurons' radius".
    pub fn meaning_for(&self, coordinate: &str) -> String {
        format!("{} {coordinate}", self.meaning)
    }

    /// Its name, with room for a coordinate's if each has one.
    pub fn pattern(&self) -> String {
        if self.per_coordinate { self.name_for(COORDINATE) } else { self.name.to_owned() }
    }

    /// The coordinate in `name`; None if it is the name of another quantity.
    pub fn coordinate_of<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(self.name)?.strip_prefix('_').filter(|_| self.per_coordinate)
    }

    /// Whether `name` is its name, for some coordinate if each has one.
    pub fn is_called(&self, name: &str) -> bool {
        if self.per_coordinate { self.coordinate_of(name).is_some() } else { self.name == name }
    }

    /// Whether it is about laws at snapshots, not a curve over time.
    pub fn is_distance(&self) -> bool {
        matches!(self.group, Group::Distance | Group::JointDistance)
    }

    /// Whether it is about the law of all coordinates together, two or more.
    pub fn is_joint(&self) -> bool {
        matches!(self.group, Group::JointDistance)
    }

    /// How it is judged, if it is a certificate.
    pub fn as_certificate(&self) -> Option<&Certificate> {
        if let Group::Certificate(certificate) = &self.group { Some(certificate) } else { None }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl AsRef<str> for Quantity {
    fn as_ref(&self) -> &str {
        self.name
    }
}
