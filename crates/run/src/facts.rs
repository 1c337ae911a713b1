//! Facts that the program knows: the form in which a file holds each, and how those of several runs become
//! one. Each is stated once, in [`ALL`]. Other facts are real numbers, one for each run where they differ.

/// A kind of fact: its name, form and how several become one.
#[derive(Debug)]
#[non_exhaustive]
pub struct FactKind {
    /// Name in records.
    pub name: &'static str,
    /// Its letter; empty if it has none.
    pub symbol: &'static str,
    /// Its kind of number.
    pub form: Form,
    /// How the facts of several runs become one.
    pub merge: Merge,
    /// What it is of a run that does not state it, where that is known: no noise on labels is 0.
    pub unstated: Option<f64>,
}

/// The kind of number that a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A count.
    Integer,
    /// Any number.
    Real,
    /// 1 where it holds, 0 where it does not.
    Flag,
}

/// How the facts of several runs become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Merge {
    /// One number if it is the same in all runs, else one for each.
    Shared,
    /// Added up.
    Sum,
    /// The largest.
    Largest,
}

impl FactKind {
    const fn new(name: &'static str, form: Form, merge: Merge) -> Self {
        Self { name, symbol: "", form, merge, unstated: None }
    }

    /// A count; one for each run where runs differ.
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, Form::Integer, Merge::Shared)
    }

    /// Any number; one for each run where runs differ.
    pub const fn real(name: &'static str) -> Self {
        Self::new(name, Form::Real, Merge::Shared)
    }

    /// 1 or 0; one for each run where runs differ.
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, Form::Flag, Merge::Shared).or(0.0)
    }

    /// The same that is this number of a run that does not state it.
    pub const fn or(mut self, unstated: f64) -> Self {
        self.unstated = Some(unstated);
        self
    }

    /// The same with a letter.
    pub const fn with_symbol(mut self, symbol: &'static str) -> Self {
        self.symbol = symbol;
        self
    }

    const fn seconds(name: &'static str, merge: Merge) -> Self {
        Self::new(name, Form::Real, merge)
    }
}

impl AsRef<str> for FactKind {
    fn as_ref(&self) -> &str {
        self.name
    }
}

impl PartialEq for FactKind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Defines facts, and lists them.
macro_rules! facts {
    ($($(#[$meaning:meta])* $name:ident = $fact:expr;)*) => {
        $($(#[$meaning])* pub static $name: &FactKind = &$fact;)*

        /// Every fact that the program knows.
        pub static ALL: &[&FactKind] = &[$($name),*];
    };
}

facts! {
    /// N of a network.
    NEURONS = FactKind::integer("neurons").with_symbol("N");
    /// Neurons of the widest hidden layer, where widths differ; N is then the narrowest.
    WIDEST = FactKind::integer("widest");
    /// Data points in a step, where that is not one: samples, or all data.
    BATCH = FactKind::integer("batch").with_symbol("B").or(1.0);
    /// ε of a network.
    STEP_SIZE = FactKind::real("step_size").with_symbol("ε");
    /// The exponent of the power that scales a network's steps.
    SCHEDULE_EXPONENT = FactKind::real("schedule_exponent");
    /// The time at which a network's steps have halved, where they fall as its inverse.
    SCHEDULE_TIME = FactKind::real("schedule_time");
    /// Fresh samples in a step of a two-layer network, where that is not one.
    FRESH_BATCH = FactKind::integer("fresh_batch").with_symbol("B").or(1.0);
    /// Standard deviation of what is added to labels.
    LABEL_NOISE = FactKind::real("label_noise").or(0.0);
    /// α of a system in the lazy scaling.
    LAZY_ALPHA = FactKind::real("alpha").with_symbol("α");
    /// Cells at the start.
    CELLS = FactKind::integer("cells");
    /// Atoms that the scenario requests.
    ATOMS = FactKind::integer("atoms");
    /// Atoms at the start, on whole panels.
    ATOMS_AT_START = FactKind::integer("atoms_at_start");
    /// Terms of the kernel, or nodes of its quadrature.
    KERNEL_TERMS = FactKind::integer("kernel_terms");
    /// Whether the kernel is a quadrature over the data, its series converging slowly.
    KERNEL_BY_QUADRATURE = FactKind::flag("kernel_by_quadrature");
    /// Tolerance of a step in time.
    TOLERANCE = FactKind::real("tolerance");
    /// Length of a minimising movement.
    STEP = FactKind::real("step");
    /// Up to this time the coarse run has made no step of its own length, so that it gives no estimate.
    REFINEMENT_FROM = FactKind::real("refinement_from");
    /// Whether the kernel is that of d = ∞.
    KERNEL_AT_INFINITE_DIMENSION = FactKind::flag("kernel_at_infinite_dimension");
    /// Whether the start is that of d = ∞.
    START_AT_INFINITE_DIMENSION = FactKind::flag("start_at_infinite_dimension");
    /// CPU seconds of all runs, all processes together.
    CPU_SECONDS = FactKind::seconds("cpu_seconds", Merge::Sum);
    /// CPU seconds of the companions at half the resolution.
    COARSE_CPU_SECONDS = FactKind::seconds("coarse_cpu_seconds", Merge::Sum);
    /// Wall seconds of the longest run.
    WALL_SECONDS = FactKind::seconds("wall_seconds", Merge::Largest);
}

/// The fact of this name; None of one that the program does not know.
pub fn known(name: &str) -> Option<&'static FactKind> {
    ALL.iter().copied().find(|fact| fact.name == name)
}

/// The form of the fact of this name.
pub fn form_of(name: &str) -> Form {
    known(name).map_or(Form::Real, |fact| fact.form)
}

/// How facts of this name become one.
pub fn merge_of(name: &str) -> Merge {
    known(name).map_or(Merge::Shared, |fact| fact.merge)
}
