//! The estimate of a scenario: what would run, what it would cost, and which N and ε suffice. Nothing runs,
//! and nothing is printed.

use std::collections::BTreeMap;

use meanfield_compare::sufficient::{Accuracy, FirstOrder, Sufficient, sufficient};
use meanfield_run::number::plain;
use meanfield_run::quantities::RISK;
use meanfield_run::record::{Nature, in_words as in_words_of};
use meanfield_run::system::Cost;
use meanfield_scenario::Scenario;
use meanfield_scenario::systems::SystemKind;
use serde::Serialize;

/// Most points, and most claims, that are said in words.
const MOST_LINES: usize = 20;

/// Reads an accuracy: "1%" of the risk, or a positive number.
///
/// # Errors
/// What to write instead, if the text is neither.
pub fn parse_accuracy(text: &str) -> Result<Accuracy, String> {
    let share = text.trim().strip_suffix('%');
    let number: f64 = share.unwrap_or(text).trim().parse().unwrap_or(f64::NAN);
    match (number > 0.0 && number.is_finite(), share) {
        (true, Some(_)) => Ok(Accuracy::Relative(number / 100.0)),
        (true, None) => Ok(Accuracy::Absolute(number)),
        (false, _) => Err("write a share of the risk, e.g. 1%, or a positive number, e.g. 0.03".to_owned()),
    }
}

/// What a scenario would cost, as JSON has it.
#[derive(Serialize)]
#[non_exhaustive]
pub struct Estimate<'a> {
    /// Points of `[vary]`; 1 where nothing is varied.
    points: usize,
    /// Whether it is one for `meanfield sweep`.
    sweep: bool,
    systems: BTreeMap<&'a str, CostOf<'a>>,
    /// Comparison, figures, record, and the process itself.
    rest: CostOf<'a>,
    altogether: CostOf<'a>,
    /// Where networks with layers leave the assumptions of the theory, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    departures: Vec<String>,
    /// Which N and ε suffice, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    suffices: Option<Suffices>,
}

/// Which N and ε suffice at the first point.
#[derive(Serialize)]
struct Suffices {
    accuracy: String,
    #[serde(flatten)]
    found: Sufficient,
}

impl Suffices {
    /// For the stated accuracy, or the scenario's own; None where nothing is trained, and nothing moves.
    fn of(scenario: &Scenario, stated: Option<Accuracy>) -> Option<Self> {
        let mut systems = scenario.file.systems.values();
        systems.find(|system| system.nature() != Nature::Static)?;
        let accuracy = stated.unwrap_or_else(|| accuracy_of(scenario));
        let point = scenario.points.first()?;
        let times = point.first_order(&scenario.plan.times).into_iter();
        let known = times.map(|[time, risk, bias_per_neuron, bias_per_step]| FirstOrder {
            time,
            risk,
            bias_per_neuron,
            bias_per_step,
        });
        Some(Self { accuracy: accuracy.to_string(), found: sufficient(known, accuracy)? })
    }

    fn in_words(&self, scenario: &Scenario) -> String {
        let Self { accuracy, found } = self;
        let place = scenario.points.first().map_or(String::new(), |point| in_words_of(&point.place));
        let place = if place.is_empty() { place } else { format!(" at {place}") };
        format!("  suffices   for a mean risk within {accuracy}{place}, {}", found.in_words())
    }
}

/// The least tolerance of a claim on the risk, or else one per cent of it.
fn accuracy_of(scenario: &Scenario) -> Accuracy {
    let claims = scenario.claims.iter().filter(|claim| claim.quantity == RISK.name);
    let of_networks = claims.filter(|claim| {
        let system = scenario.file.systems.get(&claim.system);
        system.is_some_and(|system| matches!(system, SystemKind::FiniteNetwork(_)))
    });
    let least = of_networks.map(|claim| claim.within).reduce(f64::min);
    least.map_or(Accuracy::Relative(0.01), Accuracy::Absolute)
}

/// A cost, of a system of some kind.
#[derive(Serialize)]
struct CostOf<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    cpu_seconds: f64,
    bytes: f64,
}

impl<'a> CostOf<'a> {
    fn new(kind: Option<&'a str>, cost: Cost) -> Self {
        Self { kind, cpu_seconds: cost.seconds, bytes: cost.bytes }
    }
}

impl<'a> Estimate<'a> {
    /// The estimate of a scenario. `accuracy` is how close the mean risk of networks is to be to the limit's;
    /// by default it is the least `within` of a claim on the risk of a network, or else one per cent.
    pub fn new(scenario: &'a Scenario, accuracy: Option<Accuracy>) -> Self {
        let costs = scenario.costs();
        Self {
            points: scenario.points.len(),
            sweep: scenario.swept,
            departures: scenario.departures(),
            suffices: Suffices::of(scenario, accuracy),
            rest: CostOf::new(None, costs.rest),
            altogether: CostOf::new(None, costs.altogether()),
            systems: costs
                .systems
                .into_iter()
                .map(|(name, kind, cost)| (name, CostOf::new(Some(kind), cost)))
                .collect(),
        }
    }
}

/// The estimate of a scenario in words, with its points and claims.
pub fn in_words(scenario: &Scenario, accuracy: Option<Accuracy>) -> String {
    let mut lines = vec![scenario.file.title.clone(), String::new()];
    let costs = scenario.costs();
    let width = costs.systems.iter().map(|(name, ..)| name.len()).fold("altogether".len(), usize::max);
    let line = |name: &str, what: &str, cost: Cost| {
        let time = duration(cost.seconds);
        let memory = memory(cost.bytes);
        format!("  {name:<width$} {what:<27} {time:>14} {memory:>10}")
    };
    lines.extend(costs.systems.iter().map(|(name, kind, cost)| line(name, kind, *cost)));
    lines.push(line("", "comparison, figures, record", costs.rest));
    lines.push(line("altogether", "estimated", costs.altogether()));
    let times = scenario.plan.times.len();
    let snapshots = scenario.plan.snapshots.len();
    let end = plain(scenario.file.dynamics.end_time);
    lines.push(format!("\n  {}, {}, until t = {end}", number(times, "time"), number(snapshots, "snapshot")));
    lines.extend(points(scenario));
    lines.extend(scenario.departures().iter().map(|words| format!("  note       {words}")));
    lines.extend(Suffices::of(scenario, accuracy).map(|suffices| suffices.in_words(scenario)));
    lines.extend(scenario.claims.iter().take(MOST_LINES).map(|claim| format!("  claim      {claim}")));
    lines.extend(rest(scenario.claims.len()).map(|rest| format!("  {rest} claims")));
    lines.extend(scenario.laws.iter().take(MOST_LINES).map(|law| format!("  law        {law}")));
    lines.extend(rest(scenario.laws.len()).map(|rest| format!("  {rest} laws")));
    lines.join("\n")
}

/// The points of `[vary]`, each in a line; of many, the first ones.
fn points(scenario: &Scenario) -> Vec<String> {
    let points: Vec<_> = scenario.points.iter().filter(|point| !point.place.is_empty()).collect();
    if points.is_empty() {
        return Vec::new();
    }
    let sweep = if scenario.swept { " of a sweep (meanfield sweep)" } else { "" };
    let mut lines = vec![format!("  {}{sweep}:", number(points.len(), "point"))];
    lines.extend(points.iter().take(MOST_LINES).map(|point| format!("    {}", in_words_of(&point.place))));
    lines.extend(rest(points.len()).map(|rest| format!("    {rest}")));
    lines
}

/// "and 5 more", where there are more than are printed.
fn rest(count: usize) -> Option<String> {
    (count > MOST_LINES).then(|| format!("and {} more", count - MOST_LINES))
}

/// "1 time", "61 times".
fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// "3 CPU s", "4 CPU min".
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.095 => "under 0.1 CPU s".into(),
        s if s < 9.5 => format!("{s:.1} CPU s"),
        s if s < 90.0 => format!("{s:.0} CPU s"),
        s if s < 5400.0 => format!("{:.0} CPU min", s / 60.0),
        s if s < 1e7 => format!("{:.1} CPU hours", s / 3600.0),
        s => format!("{:.1e} CPU years", s / 3.15e7),
    }
}

fn memory(bytes: f64) -> String {
    match bytes {
        b if b < 1e6 => "under 1 MB".into(),
        b if b < 1e9 => format!("{:.0} MB", b * 1e-6),
        b => format!("{:.1} GB", b * 1e-9),
    }
}
