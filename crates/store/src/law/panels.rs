//! Laws that are images of normals under a map given on panels: `atoms` and `weight` as of other atoms, and
//! beside them `panel_end(…, snapshot, panel, direction, side)`, the ends in standard normals of the panels
//! that the atoms belong to, equally many to each and in order; `least(coordinate)`, below which no
//! coordinate goes.

use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_run::record::NamedLaw;
use meanfield_run::record::reserved::{COORDINATE, DIRECTION, LEAST, PANEL, PANEL_END, SIDE, SNAPSHOT};
use ndarray::{Array1, ArrayD, Ix3, s};

use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::atoms;
use super::frame::{Frame, blocks};

/// The law as the image of a map; None of another form.
fn pushforward(law: &Measure) -> Option<&Pushforward> {
    match law {
        Measure::Pushforward(law) => Some(law),
        Measure::Cells { .. } | Measure::Marginals { .. } | Measure::Atoms { .. } => None,
    }
}

/// Whether all laws are images of maps, with the same number of directions and the same least values: runs
/// over a key that changes the width of the initial law differ. Laws that differ are written as atoms.
pub(super) fn share_form(law: &NamedLaw) -> bool {
    let first = law.measures.first().and_then(form);
    first.is_some() && law.measures.iter().all(|law| form(law) == first)
}

/// Number of directions and least values of a map.
fn form(law: &Measure) -> Option<(usize, Array1<f64>)> {
    pushforward(law).map(|law| (law.ends().dim().1, law.lower().clone()))
}

/// Writes the laws, which share their form.
pub(super) fn write(out: &mut Variables, frame: Frame) -> Checked<()> {
    atoms::write(out, frame, true)?;
    let laws: Vec<&Pushforward> = frame.measures().iter().filter_map(pushforward).collect();
    let panels = laws.iter().map(|law| law.ends().dim().0).max().unwrap_or(0);
    let directions = laws.iter().map(|law| law.ends().dim().1).max().unwrap_or(0);
    out.index(PANEL, panels, "number of the panel of atoms")?;
    out.index(DIRECTION, directions, "number of the standard normal")?;
    out.index(SIDE, 2, "0 the lower end, 1 the upper end")?;
    let ends = frame.stacked(PANEL_END, &[panels, directions, 2], |law: &Measure| {
        Some(pushforward(law)?.ends().clone().into_dyn())
    })?;
    let over = frame.dimensions(&[SNAPSHOT, PANEL, DIRECTION, SIDE]);
    let meaning = "ends of the panels in standard normals, NaN where there are no more";
    out.variable(PANEL_END, &over, ends.view(), meaning)?;
    let least = laws.first().map(|law| law.lower().clone()).unwrap_or_default();
    out.variable(LEAST, &[COORDINATE], least.view().into_dyn(), "least value of the coordinate")
}

/// Reads the laws, whose atoms are given.
pub(super) fn read(group: &Reading, frame: Frame, laws: Vec<Measure>) -> Checked<Vec<Measure>> {
    let [panels, directions] = [PANEL, DIRECTION].map(|name| group.line::<i64>(name).map(|all| all.len()));
    let each = [panels?, directions?, 2];
    let snapshots = laws.len() / frame.record.runs().max(1);
    let ends = group.array(PANEL_END, &frame.shape(&[snapshots, each[0], each[1], each[2]]))?;
    let least = Array1::from(group.line::<f64>(LEAST)?);
    let ends = blocks(group, PANEL_END, ends, &each)?;
    laws.into_iter()
        .zip(ends)
        .map(|(law, ends): (Measure, ArrayD<f64>)| {
            on_panels(&law, ends, &least).ok_or_else(|| group.fault(PANEL_END, "does not fit the atoms"))
        })
        .collect()
}

/// Atoms as the image of a map on panels, without the NaN that pad the ends; None if they do not fit.
fn on_panels(law: &Measure, ends: ArrayD<f64>, least: &Array1<f64>) -> Option<Measure> {
    let ends = ends.into_dimensionality::<Ix3>().ok()?;
    let own = ends.outer_iter().take_while(|panel| !panel.iter().any(|end| end.is_nan())).count();
    let (points, weights) = law.atoms()?;
    let ends = ends.slice(s![..own, .., ..]).to_owned();
    Pushforward::new(ends, points.clone(), weights.clone(), least.clone()).map(Measure::Pushforward)
}
