//! Checks that the contents of figures exist: curves of the inset, and one step size if steps are counted.

use meanfield_run::quantities;

use super::claims;
use crate::complaints::Complaints;
use crate::file::ScenarioFile;
use crate::mistakes::suggestion;
use crate::setting::Outline;
use crate::stated::{Figure, OverName};
use crate::vary::Candidate;

/// Most curves of an inset.
const MOST_INSET: usize = 20;

/// The inset must show curves that some system reports.
pub(super) fn inset(file: &ScenarioFile, outline: &Outline, complaints: &mut Complaints) {
    let Some(known) = claims::expanded(outline, &quantities::in_insets(outline.layers)) else { return };
    let count = file.figure.as_ref().map_or(0, |figure| figure.insets().len());
    if count > MOST_INSET {
        let message = format!("`inset` names {count} curves, more than {MOST_INSET}");
        return complaints.add(["figure", "inset"], message, "name the two or three that matter");
    }
    for name in file.figure.iter().flat_map(Figure::insets) {
        let message = format!("no curve is called \"{name}\"");
        let help = suggestion(name, known.iter().map(String::as_str));
        complaints.unless(known.contains(name), &["figure", "inset"], message, &help);
    }
}

/// Steps can be counted where all networks, at all points, have one step size.
pub(super) fn horizontal_axis(points: &[Candidate], complaints: &mut Complaints) {
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
