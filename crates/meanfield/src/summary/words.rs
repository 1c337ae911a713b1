//! A summary in words, for standard output. It computes nothing.

use meanfield_run::certificate::{self, Standing};
use meanfield_run::facts::{
    COARSE_CPU_SECONDS, CPU_SECONDS, KERNEL_AT_INFINITE_DIMENSION, KERNEL_BY_QUADRATURE,
    START_AT_INFINITE_DIMENSION,
};
use meanfield_run::number::short;
use meanfield_run::quantities::{self, FREE_ENERGY, MEAN, RISK, STANDARD_DEVIATION};
use meanfield_run::record::Nature;
use meanfield_run::refinement;

use super::number::Number;
use super::{
    ClaimSummary, ComparedSummary, ComparisonSummary, FailedRun, Numbers, PointSummary, Summary,
    SystemSummary,
};

impl Summary {
    /// The summary in words, for standard output.
    pub fn in_words(&self) -> String {
        let mut lines = vec![self.title.clone()];
        if self.quick {
            lines.push(
                "  --quick: the scenario was reduced, this is a rehearsal and not the result".to_owned(),
            );
        }
        lines.push(String::new());
        lines.extend(self.systems.iter().flat_map(|(name, system)| system.in_words(name)));
        lines.extend(self.departures.iter().map(|words| format!("  note       {words}")));
        if let Some(comparison) = &self.comparison {
            lines.push(String::new());
            lines.extend(comparison.in_words());
        } else if self.systems.values().any(|system| !system.is_static()) {
            lines.push("\n  nothing was compared: the scenario has no [compare]".to_owned());
        }
        lines.extend(self.failures());
        lines.push(String::new());
        lines.push(format!("  took {:.1} s, {:.1} CPU s", self.wall_seconds, self.cpu_seconds));
        lines.join("\n")
    }

    /// A line for each run that stopped.
    fn failures(&self) -> Vec<String> {
        let count = self.failed.len();
        if count == 0 {
            return Vec::new();
        }
        let runs = if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
        let mut lines =
            vec![format!("\n  {runs} stopped before the end; what was observed until then is kept:")];
        lines.extend(
            self.failed
                .iter()
                .take(MOST_FAILING)
                .map(|failed: &FailedRun| format!("    {}: {}", failed.run, failed.reason)),
        );
        if count > MOST_FAILING {
            lines.push(format!("    and {} more: see summary.json", count - MOST_FAILING));
        }
        lines.push("  what stopped is tried again when the run is resumed".to_owned());
        lines
    }
}

/// More runs that failed, or points at which a claim fails, are not listed one by one.
const MOST_FAILING: usize = 20;
/// More points than this are printed as a range.
const MOST_PRINTED: usize = 60;
/// Endings of the names of a distance's mean over the runs, of its standard error, and of the ends of its
/// 95 %
/// interval, which joint distances have.
const STATISTICS_OF_RUNS: [&str; 4] = ["_mean", "_standard_error", "_lower_95", "_upper_95"];

impl SystemSummary {
    fn is_static(&self) -> bool {
        self.nature == Some(Nature::Static)
    }

    /// A line, one for each point where keys are varied, and one for its certificates.
    fn in_words(&self, name: &str) -> Vec<String> {
        let runs = if self.runs > 1 { format!(" ×{}", self.runs) } else { String::new() };
        let kind = format!("{}{runs}", self.kind);
        let time = short(self.end_time);
        let risk = |end: &Numbers| match self.is_static() {
            true => at_rest(end),
            false => format!("R({time}) = {:<10.5}", number(end, RISK)),
        };
        let cpu = number(&self.facts, CPU_SECONDS) + number_or(&self.facts, COARSE_CPU_SECONDS, 0.0);
        let first = if self.points.is_empty() { risk(&self.end) } else { String::new() };
        let mut lines = vec![format!("  {name:<10} {kind:<20} {first:<20} {cpu:8.1} CPU s")];
        let point =
            |point: &PointSummary| format!("  {:<10} {:<20} {}", "", places(&point.at), risk(&point.end));
        match self.points.len() > MOST_PRINTED {
            true => lines.push(format!("  {:<10} {:<20} {}", "", "", self.range())),
            false => lines.extend(self.points.iter().map(|one| point(one).trim_end().to_owned())),
        }
        lines.extend(self.limits().map(|words| format!("  {:<10} {words}", "")));
        lines.extend(self.quadrature().map(|words| format!("  {:<10} {words}", "")));
        lines.extend(self.certificates_in_words().map(|words| format!("  {:<10} {words}", "")));
        lines.extend(self.suffices.map(|found| {
            format!("  {:<10} for a mean risk of networks within 1 %, {}", "", found.in_words())
        }));
        lines.extend(self.looks.iter().map(|one| format!("  {:<10} look: {}", "", one.words)));
        lines.extend(self.warnings.iter().map(|one| format!("  {:<10} warning: {}", "", one.words)));
        lines
    }

    /// The parts that are taken to infinite dimension, where any are.
    fn limits(&self) -> Option<&'static str> {
        let facts = [KERNEL_AT_INFINITE_DIMENSION, START_AT_INFINITE_DIMENSION];
        match facts.map(|fact| self.facts.contains_key(fact.name)) {
            [false, false] => None,
            [true, false] => Some("kernel at d = ∞, start at the data's d"),
            [false, true] => Some("kernel at the data's d, start at d = ∞"),
            [true, true] => Some("kernel and start at d = ∞"),
        }
    }

    /// What a kernel is where its series would converge slowly.
    fn quadrature(&self) -> Option<&'static str> {
        let is_there = self.facts.contains_key(KERNEL_BY_QUADRATURE.name);
        is_there
            .then_some("kernel by quadrature over the data: in so few dimensions its series converges slowly")
    }

    /// "10000 points, R from 0.00397 to 7.25".
    fn range(&self) -> String {
        let risks = self.points.iter().map(|point| number(&point.end, RISK)).filter(|risk| risk.is_finite());
        let (least, most) = risks.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), r| (a.min(r), b.max(r)));
        format!("{} points, R from {least:.5} to {most:.5}", self.points.len())
    }

    /// "certificates: mass kept to 2.9e-15, density ≥ 0; risk ± 1.1e-4; all ok"; the others say so.
    fn certificates_in_words(&self) -> Option<String> {
        let words = quantities::certificates().filter_map(|(known, _)| {
            let number = self.certificates.get(known.name)?;
            let standing = self.standings.get(known.name).filter(|standing| **standing != Standing::Ok);
            let standing = standing.map_or(String::new(), |standing| format!(" ({standing})"));
            Some(certificate::in_words(known, number.get()) + &standing)
        });
        let words = words.collect::<Vec<_>>().join(", ");
        let error = self.certificates.get(&refinement::name(RISK)).map(|e| format!("risk ± {:.1e}", e.get()));
        if words.is_empty() {
            return error;
        }
        let all_ok = self.standings.values().all(|standing| *standing == Standing::Ok);
        let rest = if all_ok { "all ok" } else { "others ok" };
        let parts = [format!("certificates: {words}")].into_iter().chain(error);
        Some(parts.chain([rest.to_owned()]).collect::<Vec<_>>().join("; "))
    }
}

/// "R = 0.70092, F = 0.41046, radius 2.7773 ± 0.3600" of a law that does not move. Without noise and ridge F
/// would be half of R.
fn at_rest(end: &Numbers) -> String {
    let risk = number(end, RISK);
    let energy = number(end, FREE_ENERGY);
    let mut words = vec![format!("R = {risk:.6}")];
    if (2.0 * energy - risk).abs() > 1e-9 * risk.abs() {
        words.push(format!("F = {energy:.6}"));
    }
    for (name, mean) in end {
        if let Some(coordinate) = MEAN.coordinate_of(name).filter(|_| mean.get().is_finite()) {
            let spread = number(end, STANDARD_DEVIATION.name_for(coordinate));
            words.push(format!("{coordinate} {:.4} ± {spread:.4}", mean.get()));
        }
    }
    words.extend(quantities::ALL.iter().filter_map(|quantity| {
        let name = quantity.shown.at_rest?;
        let number = end.get(quantity.name).filter(|number| number.get().is_finite())?;
        Some(format!("{name} = {}", plain(number.get())))
    }));
    words.join(", ")
}

/// To six digits after the point, without zeros at the end; what rounding leaves of 0 is 0.
fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn number(numbers: &Numbers, name: impl AsRef<str>) -> f64 {
    number_or(numbers, name, f64::NAN)
}

fn number_or(numbers: &Numbers, name: impl AsRef<str>, otherwise: f64) -> f64 {
    numbers.get(name.as_ref()).map_or(otherwise, |number| number.get())
}

/// "scale = 0.1, separation = 0.4".
fn places(at: &Numbers) -> String {
    at.iter().map(|(name, value)| format!("{name} = {}", short(value.get()))).collect::<Vec<_>>().join(", ")
}

/// ", scale = 0.1" after a time; nothing where no key is varied.
fn also_at(at: &Numbers) -> String {
    if at.is_empty() { String::new() } else { format!(", {}", places(at)) }
}

impl ComparisonSummary {
    /// A line or two for each system, a line for each claim.
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  against {}:", self.reference)];
        lines.extend(self.systems.iter().flat_map(|(name, system)| system.in_words(name)));
        lines.extend(self.claims.iter().flat_map(ClaimSummary::in_words));
        lines.extend(self.laws.iter().map(|law| format!("  law        {}", law.outcome)));
        lines
    }
}

impl ComparedSummary {
    fn in_words(&self, name: &str) -> Vec<String> {
        let gap = match self.at.get().is_finite() {
            true => {
                let gap = self.largest_risk_gap.get();
                let at = short(self.at.get());
                let point = also_at(&self.point);
                format!("largest risk gap {gap:.2e} at t = {at}{point}")
            }
            false => "nothing was observed together with the reference".to_owned(),
        };
        let mut lines = vec![format!("  {name:<10} {gap}")];
        let distances = self.distances_in_words();
        if !distances.is_empty() {
            lines.push(format!("  {:<10} at the last snapshot: {}", "", distances.join(", ")));
        }
        lines.extend(
            self.caveats
                .iter()
                .map(|(name, text): (&String, &String)| format!("  {:<10} {name}: {text}", "")),
        );
        lines
    }

    /// Each distance; of an ensemble that of the pooled law, then the mean over the runs with its standard
    /// error or its 95 % interval.
    fn distances_in_words(&self) -> Vec<String> {
        let all = &self.distances_at_last_snapshot;
        all.iter()
            .filter(|(name, _)| !STATISTICS_OF_RUNS.iter().any(|ending| name.ends_with(ending)))
            .map(|(name, value): (&String, &Number)| {
                let value = value.get();
                let statistics = STATISTICS_OF_RUNS.map(|ending| {
                    let found = all.get(&format!("{name}{ending}"));
                    found.map(|number| number.get())
                });
                match statistics {
                    [Some(mean), Some(_), Some(lower), Some(upper)] if lower.is_finite() => format!(
                        "{name} {value:.2e} (pooled; single runs {mean:.2e}, 95 % [{lower:.2e}, {upper:.2e}])"
                    ),
                    [Some(mean), Some(error), ..] => {
                        format!("{name} {value:.2e} (pooled; single runs {mean:.2e} ± {error:.0e})")
                    }
                    _ => format!("{name} {value:.2e}"),
                }
            })
            .collect()
    }
}

impl ClaimSummary {
    /// A line, and one for each point at which it does not hold.
    fn in_words(&self) -> Vec<String> {
        let mut lines = vec![format!("  claim      {}", self.outcome)];
        let failing = self.failing.iter().filter(|_| self.failing.len() > 1);
        lines.extend(failing.take(MOST_FAILING).map(|one| format!("  {:<10} fails: {}", "", one.outcome)));
        if self.failing.len() > MOST_FAILING {
            let more = self.failing.len() - MOST_FAILING;
            lines.push(format!("  {:<10} and at {more} more points: see summary.json", ""));
        }
        lines
    }
}
