//! What the figures are asked to show must exist: curves of the inset, and one step size if steps are
//! counted.

use meanfield_run::certificate;

use super::claims;
use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::mistakes::suggestion;
use crate::setting::Draft;
use crate::stated::{Figure, OverName};
use crate::vary::Candidate;

/// Curves of the 1/N correction.
const BIASES: [&str; 2] = ["network_bias", "independent_bias"];
/// Curves that some systems have beside the risk.
const ENERGIES: [&str; 2] = ["free_energy", "regularized_risk"];

/// Most curves of an inset.
const MOST_INSET: usize = 20;

/// The inset must show curves that some system reports.
pub(super) fn inset(file: &ScenarioFile, draft: &Draft, quantities: &[String], complaints: &mut Complaints) {
    let Some(quantities) = claims::of_scenario(draft, quantities) else { return };
    let count = file.figure.as_ref().map_or(0, |figure| figure.insets().len());
    if count > MOST_INSET {
        let message = format!("`inset` names {count} curves, more than {MOST_INSET}");
        return complaints.add(["figure", "inset"], message, "name the two or three that matter");
    }
    let curve = |name: &&str| *name == "risk" || name.starts_with("mean_") || name.starts_with("std_");
    let known = quantities.iter().map(String::as_str).filter(curve);
    let known: Vec<_> = known
        .chain(certificate::ALL.map(|certificate| certificate.name))
        .chain(BIASES)
        .chain(ENERGIES)
        .collect();
    for name in file.figure.iter().flat_map(Figure::insets) {
        let message = format!("no curve is called \"{name}\"");
        let help = suggestion(name, known.iter().copied());
        complaints.unless(known.contains(&name.as_str()), &["figure", "inset"], message, &help);
    }
}

/// Steps can be counted where all networks, at all points, have one step size.
pub(super) fn over(points: &[Candidate], complaints: &mut Complaints) {
    let mut sizes: Vec<f64> = points.iter().flat_map(|point| step_sizes(&point.file)).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let (message, help) = match &sizes[..] {
        _ if !points.iter().any(counts_steps) => return,
        [_] => return,
        [] => {
            let help = "add a finite-network, or leave out `over`: time is what all systems share";
            ("steps cannot be counted: no system of this scenario takes steps of SGD".to_owned(), help)
        }
        [least, .., most] => {
            let message = format!("steps cannot be counted: step sizes differ, from {least:?} to {most:?}");
            (message, "give all networks one `step-size`, or leave out `over`")
        }
    };
    complaints.add(["figure", "over"], message, help);
}

/// Whether a figure of this point has steps on its horizontal axis.
fn counts_steps(point: &Candidate) -> bool {
    point.file.figure.as_ref().is_some_and(|figure| figure.over == OverName::Step)
}

/// ε of each network.
fn step_sizes(file: &ScenarioFile) -> impl Iterator<Item = f64> {
    file.systems.values().filter_map(|system| system.kind().step_size())
}
