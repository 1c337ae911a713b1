//! Laws that are images of normals under a map given on panels: `atoms` and `weight` as of other atoms, and
//! beside them `panel_end(…, snapshot, panel, direction, side)`, the ends in standard normals of the panels
//! that the atoms belong to, equally many to each and in order; `least(coordinate)`, below which no
//! coordinate goes.

use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_run::record::NamedLaw;
use ndarray::{Array1, ArrayD, Ix3, s};

use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::atoms;
use super::frame::{Frame, blocks};

/// Only what both programs need: no law of another form.
fn known(law: &Measure) -> Option<&Pushforward> {
    match law {
        Measure::Pushforward(law) => Some(law),
        Measure::Cells { .. } | Measure::Marginals { .. } | Measure::Atoms { .. } => None,
    }
}

/// Whether all laws are such, with as many directions and the same least values: runs over a key that gives a
/// start its width differ. What does not fit is written as atoms.
pub(super) fn fit(law: &NamedLaw) -> bool {
    let form = |law: &Measure| known(law).map(|law| (law.ends().dim().1, law.lower().clone()));
    let first = law.measures.first().and_then(form);
    first.is_some() && law.measures.iter().all(|law| form(law) == first)
}

/// Writes the laws, which fit.
pub(super) fn write(out: &mut Variables, frame: Frame) -> Checked<()> {
    atoms::write(out, frame, true)?;
    let laws = || frame.measures().iter().filter_map(known);
    let panels = laws().map(|law| law.ends().dim().0).max().unwrap_or(0);
    let directions = laws().map(|law| law.ends().dim().1).max().unwrap_or(0);
    out.counted("panel", panels, "number of the panel of atoms")?;
    out.counted("direction", directions, "number of the standard normal")?;
    out.counted("side", 2, "0 the lower end, 1 the upper end")?;
    let ends = |law: &Measure| Some(known(law)?.ends().clone().into_dyn());
    let ends = frame.stacked("panel_end", &[panels, directions, 2], ends)?;
    let over = frame.over(&["snapshot", "panel", "direction", "side"]);
    let meaning = "ends of the panels in standard normals, NaN where there are no more";
    out.variable("panel_end", &over, ends.view(), meaning)?;
    let least = laws().next().map(|law| law.lower().clone()).unwrap_or_default();
    out.variable("least", &["coordinate"], least.view().into_dyn(), "least value of the coordinate")
}

/// Reads the laws, whose atoms are given.
pub(super) fn read(group: &Reading, frame: Frame, laws: Vec<Measure>) -> Checked<Vec<Measure>> {
    let [panels, directions] =
        ["panel", "direction"].map(|name| group.line::<i64>(name).map(|all| all.len()));
    let each = [panels?, directions?, 2];
    let snapshots = laws.len() / frame.record.runs().max(1);
    let ends = group.array("panel_end", &frame.shape(&[snapshots, each[0], each[1], each[2]]))?;
    let least = Array1::from(group.line::<f64>("least")?);
    let ends = blocks(group, "panel_end", ends, &each)?;
    laws.into_iter()
        .zip(ends)
        .map(|(law, ends): (Measure, ArrayD<f64>)| {
            let fault = || group.fault("panel_end", "does not fit the atoms");
            let ends = ends.into_dimensionality::<Ix3>().map_err(|_| fault())?;
            let own = ends.outer_iter().take_while(|panel| !panel.iter().any(|end| end.is_nan())).count();
            let (points, weights) = law.atoms().ok_or_else(fault)?;
            let ends = ends.slice(s![..own, .., ..]).to_owned();
            let known = Pushforward::new(ends, points.clone(), weights.clone(), least.clone());
            known.map(Measure::Pushforward).ok_or_else(fault)
        })
        .collect()
}
