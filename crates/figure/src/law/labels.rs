//! The legend of a figure of laws: which systems it shows, how many neurons, atoms and runs their laws have.

use std::collections::BTreeSet;

use meanfield_model::measure::Measure;
use meanfield_run::facts::NEURONS;
use meanfield_run::record::Record;

use super::super::legend::{Entry, Sample};
use super::super::scale::short_number;
use super::super::shape::FEW;
use super::super::static_system::{is_constant, name_in_words};
use super::super::style::{self, Look};

/// One entry for each of these systems, which are drawn in some panel.
pub(super) fn entries(records: &[Record], drawn: BTreeSet<usize>) -> Vec<Entry> {
    let looks = style::looks(records);
    let mut filled = false;
    drawn
        .into_iter()
        .map(&mut |i: usize| {
            let record = &records[i];
            let network = style::is_network(record);
            let sample = match network && !filled {
                true => Sample::Area(looks[i].tint()),
                false => Sample::Line(Look { mark: None, ..looks[i] }),
            };
            filled |= network;
            Entry { sample, label: label(record, is_constant(record, records)) }
        })
        .collect()
}

/// The label of a system in the legend.
fn label(record: &Record, is_constant: bool) -> String {
    let neurons = record.fact(NEURONS).map(|n| format!("{} = {}", NEURONS.symbol, short_number(n)));
    let seeds: usize =
        record.axes.iter().filter(|axis| axis.key.is_none()).map(|axis| axis.values.len()).product();
    // At one point the runs that stopped are known; they are not pooled.
    let pooled = if record.varied().next().is_none() { record.finished_runs() } else { seeds };
    let runs = (seeds > 1).then(|| format!("{pooled} runs pooled"));
    let atoms = atoms_in_words(record);
    name_in_words(record, is_constant, &[neurons, runs, atoms].map(Option::unwrap_or_default))
}

/// Number of atoms of a limit, which may change with time; None for networks and grids.
fn atoms_in_words(record: &Record) -> Option<String> {
    if style::is_network(record) {
        return None;
    }
    let counts = record.measures().iter().filter_map(|law| law.atoms()).map(|(_, weights)| weights.len());
    let ends = [counts.clone().min()?, counts.max()?];
    let [least, most] = ends.map(|count| short_number(count as f64));
    let noun = if ends[1] == 1 { "atom" } else { "atoms" };
    let count = if ends[0] == ends[1] { most } else { format!("{least} to {most}") };
    let is_map = record.measures().iter().all(|law: &Measure| matches!(law, Measure::Pushforward(_)));
    Some(match (is_map, ends[1] <= FEW) {
        (true, _) => format!("{count} nodes"),
        (_, true) => format!("{count} {noun}, heights by mass"),
        _ => format!("{count} {noun}, kernel estimate"),
    })
}
