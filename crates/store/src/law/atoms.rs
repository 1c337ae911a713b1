//! Laws of atoms: `atoms(…, snapshot, atom, coordinate)` with `weight(atom)`, or with `weight(…, snapshot,
//! atom)` where their number or their weights are not always the same.

use meanfield_model::measure::Measure;
use meanfield_run::record::reserved::{self, ATOM, COORDINATE, SNAPSHOT, WEIGHT};
use ndarray::{Array1, Array2, ArrayD, Ix2, s};

use super::super::attribute::text;
use super::super::error::Checked;
use super::super::reading::Reading;
use super::super::variables::Variables;
use super::form::{ATOMS, PANELLED_ATOMS, VARYING_ATOMS, VARYING_PANELLED_ATOMS};
use super::frame::{Frame, blocks, unpadded};

fn weights_of(law: &Measure) -> Option<&Array1<f64>> {
    law.atoms().map(|(_, weights)| weights)
}

fn points_of(law: &Measure) -> Option<ArrayD<f64>> {
    law.atoms().map(|(points, _)| points.clone().into_dyn())
}

/// Writes the atoms, with one list of weights if all laws share it, and attribute `law`: whether they come
/// with panels is for the caller to say.
pub(super) fn write(out: &mut Variables, frame: Frame, panelled: bool) -> Checked<()> {
    let first = frame.measures().first().and_then(weights_of);
    let same =
        first.filter(|w| frame.measures().iter().all(|law| weights_of(law).is_none_or(|own| own == *w)));
    let most = frame.measures().iter().filter_map(weights_of).map(Array1::len).max().unwrap_or(0);
    let form = match (panelled, same) {
        (false, Some(_)) => ATOMS,
        (false, None) => VARYING_ATOMS,
        (true, Some(_)) => PANELLED_ATOMS,
        (true, None) => VARYING_PANELLED_ATOMS,
    };
    text(out.group(), "law", form)?;
    out.index(ATOM, most, "number of the atom")?;
    out.dimension_of_names(COORDINATE, frame.coordinates(), "name of the coordinate")?;
    if let Some(weights) = same {
        out.variable(WEIGHT, &[ATOM], weights.view().into_dyn(), "weight of the atom")?;
    } else {
        let weights = frame.stacked(WEIGHT, &[most], |law| Some(weights_of(law)?.clone().into_dyn()))?;
        let meaning = "weight of the atom, NaN where there are no more";
        out.variable(WEIGHT, &frame.dimensions(&[SNAPSHOT, ATOM]), weights.view(), meaning)?;
    }
    let atoms = frame.stacked(reserved::ATOMS, &[most, frame.coordinates().len()], points_of)?;
    let over = frame.dimensions(&[SNAPSHOT, ATOM, COORDINATE]);
    out.variable(reserved::ATOMS, &over, atoms.view(), "positions of the atoms")
}

/// Reads laws that share their weights.
pub(super) fn read(group: &Reading, frame: Frame, snapshots: usize) -> Checked<Vec<Measure>> {
    let weights = Array1::from(group.line::<f64>(WEIGHT)?);
    let points = read_points(group, frame, snapshots, weights.len())?;
    Ok(points.into_iter().map(|points| Measure::Atoms { points, weights: weights.clone() }).collect())
}

/// Reads laws each of which has its weights.
pub(super) fn read_varying(group: &Reading, frame: Frame, snapshots: usize) -> Checked<Vec<Measure>> {
    let most = group.line::<i64>(ATOM)?.len();
    let weights = group.array(WEIGHT, &frame.shape(&[snapshots, most]))?;
    let weights = blocks(group, WEIGHT, weights, &[most])?;
    Ok(read_points(group, frame, snapshots, most)?
        .into_iter()
        .zip(weights)
        .map(|(points, weights): (Array2<f64>, ArrayD<f64>)| {
            let weights = Array1::from(unpadded(weights.view()));
            Measure::Atoms { points: points.slice(s![..weights.len(), ..]).to_owned(), weights }
        })
        .collect())
}

fn read_points(group: &Reading, frame: Frame, snapshots: usize, most: usize) -> Checked<Vec<Array2<f64>>> {
    let each = [most, frame.coordinates().len()];
    let atoms = group.array(reserved::ATOMS, &frame.shape(&[snapshots, each[0], each[1]]))?;
    blocks(group, reserved::ATOMS, atoms, &each)?
        .into_iter()
        .map(|points: ArrayD<f64>| {
            points.into_dimensionality::<Ix2>().map_err(|error| group.fault(reserved::ATOMS, error))
        })
        .collect()
}
