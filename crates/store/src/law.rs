//! The laws at the snapshots, as arrays: `mass` and `density` over cells or over pairs of coordinates, or
//! `atoms` with weights; laws that sample a known map also have the panels on which it is a polynomial.
//!
//! Where all laws of a record share their grid (their weights), it is stored once; where they do not, each
//! law has its own, and shorter ones are padded by NaN. Masses are stored beside densities because a density
//! times a width need not give the mass back to the last bit.
//!
//! The law called `neurons` lies in the group of its system, any other in a group of its own name within.

mod atoms;
mod cells;
mod form;
mod frame;
mod grid;
mod marginals;
mod panels;

use std::borrow::Cow;
use std::cell::Cell;

use hdf5::Group;
use meanfield_model::measure::Measure;
use meanfield_run::record::reserved::{INPUT, INPUT_COORDINATE, INPUTS, SNAPSHOT, SNAPSHOT_TIME};
use meanfield_run::record::{NEURONS, NamedLaw, Record};
use ndarray::{Array2, Ix2};

use super::attribute::{list, text};
use super::axes::{write_run_axis, write_snapshots};
use super::error::{Checked, Fault};
use super::reading::Reading;
use super::variables::Variables;
use form::{
    ATOMS, CELLS, MARGINALS, MOVING_CELLS, MOVING_MARGINALS, NONE, PANELLED_ATOMS, VARYING_ATOMS,
    VARYING_PANELLED_ATOMS,
};
use frame::Frame;

/// Attribute that lists the laws of a system; one of two layers that does not has `neurons` alone.
const LAWS: &str = "law_names";
/// Attribute that lists the coordinates of a law.
const COORDINATES: &str = "coordinate_names";

/// Writes the names of the laws.
pub(super) fn write_names(group: &Group, record: &Record) -> Checked<()> {
    let names: Vec<_> = record.laws.iter().map(|law| law.name.as_str()).collect();
    list(group, LAWS, &names)?;
    record.neurons().map_or(Ok(()), |law| write_coordinates(group, &law.coordinates))
}

fn write_coordinates(group: &Group, coordinates: &[String]) -> Checked<()> {
    let coordinates: Vec<_> = coordinates.iter().map(String::as_str).collect();
    list(group, COORDINATES, &coordinates)
}

/// Writes the laws of a record, that of the neurons into the group of its system.
pub(super) fn write(out: &mut Variables, record: &Record, next: &Cell<i32>) -> Checked<()> {
    record.laws.iter().try_for_each(|law| check(Frame { record, law }))?;
    if record.has_laws() {
        write_snapshots(out, &record.snapshot_time)?;
    }
    record.neurons().map_or(Ok(()), |law| write_measures(out, Frame { record, law }))?;
    let others = record.laws.iter().filter(|law| law.name != NEURONS);
    others.map(|law| Frame { record, law }).try_for_each(|frame| write_apart(out.group(), frame, next))
}

/// Checks that there is one measure for each run and snapshot, on the named coordinates.
fn check(frame: Frame) -> Checked<()> {
    let laws = frame.measures().len();
    let needed = frame.record.runs() * frame.record.snapshot_time.len();
    if laws != needed {
        let reason = format!("{laws} laws, but {needed} runs times snapshots");
        return Err(frame.unfit(SNAPSHOT, reason));
    }
    let dimension = frame.coordinates().len();
    match frame.measures().iter().find(|law| law.dimension() != dimension) {
        None => Ok(()),
        Some(law) => {
            let has = law.dimension();
            let reason = format!("laws on {has} coordinates, but names {:?}", frame.coordinates());
            Err(frame.unfit(SNAPSHOT, reason))
        }
    }
}

/// Writes a law into a group of its own, with the dimensions that it needs.
fn write_apart(system: &Group, frame: Frame, next: &Cell<i32>) -> Checked<()> {
    let mut out = Variables::new(system, &frame.law.name, next)?;
    write_coordinates(out.group(), frame.coordinates())?;
    write_inputs(&mut out, frame)?;
    if !frame.measures().is_empty() {
        frame.record.axes.iter().try_for_each(|axis| write_run_axis(&mut out, axis))?;
        write_snapshots(&mut out, &frame.record.snapshot_time)?;
    }
    write_measures(&mut out, frame)?;
    out.attach()
}

/// Writes the inputs at which the coordinates are taken, shape (input, input_coordinate), where there are
/// some.
fn write_inputs(out: &mut Variables, frame: Frame) -> Checked<()> {
    let Some(inputs) = &frame.law.inputs else { return Ok(()) };
    if inputs.nrows() != frame.coordinates().len() {
        let reason = format!("{} inputs for coordinates {:?}", inputs.nrows(), frame.coordinates());
        return Err(frame.unfit(INPUTS, reason));
    }
    out.index(INPUT, inputs.nrows(), "number of the input, one for each coordinate of the law")?;
    out.index(INPUT_COORDINATE, inputs.ncols(), "number of the input's coordinate")?;
    let meaning = "inputs at which the coordinates of the law are taken";
    out.variable(INPUTS, &[INPUT, INPUT_COORDINATE], inputs.view().into_dyn(), meaning)
}

/// Reads them, of a law with so many coordinates.
fn read_inputs(group: &Reading, coordinates: usize) -> Checked<Option<Array2<f64>>> {
    if !group.has(INPUTS) {
        return Ok(None);
    }
    let columns = group.line::<i64>(INPUT_COORDINATE)?.len();
    let inputs = group.array(INPUTS, &[coordinates, columns])?;
    inputs.into_dimensionality::<Ix2>().map(Some).map_err(|error| group.fault(INPUTS, error))
}

/// Writes the measures, and their form as attribute `law`.
fn write_measures(out: &mut Variables, frame: Frame) -> Checked<()> {
    match frame.measures().first() {
        None => text(out.group(), "law", NONE),
        Some(Measure::Cells { .. }) => cells::write(out, frame),
        Some(Measure::Marginals { .. }) => marginals::write(out, frame),
        Some(Measure::Pushforward(_)) if panels::share_form(frame.law) => panels::write(out, frame),
        Some(Measure::Atoms { .. } | Measure::Pushforward(_)) => atoms::write(out, frame, false),
    }
}

/// Reads the snapshots' times and the laws of a record.
pub(super) fn read(group: &Reading, record: &Record) -> Checked<(Vec<f64>, Vec<NamedLaw>)> {
    let has_names = group.has_attribute(LAWS);
    let names = if has_names { group.names(LAWS)? } else { vec![NEURONS.to_owned()] };
    let times = if group.has(SNAPSHOT_TIME) { group.line(SNAPSHOT_TIME)? } else { Vec::new() };
    let count = times.len();
    let laws = names.into_iter().map(|name| match name == NEURONS {
        true => read_law(group, record, name, count),
        false => read_law(&group.group(&name)?, record, name, count),
    });
    let laws: Vec<NamedLaw> = laws.collect::<Checked<_>>()?;
    // Without measures there are no snapshots.
    let has_measures = laws.iter().any(|law| !law.measures.is_empty());
    Ok((if has_measures { times } else { Vec::new() }, laws))
}

/// Reads one law, row-major over (leading axes…, snapshot).
fn read_law(group: &Reading, record: &Record, name: String, snapshots: usize) -> Checked<NamedLaw> {
    let coordinates = group.names(COORDINATES)?;
    let inputs = read_inputs(group, coordinates.len())?;
    let law = NamedLaw { name, coordinates, inputs, measures: Vec::new() };
    let measures = read_measures(group, Frame { record, law: &law }, snapshots)?;
    // The laws of a run that stopped are unknown.
    let unfinished = !record.failures.is_empty();
    match measures.iter().position(|law| !law.fits() || !(unfinished || is_known(law))) {
        None => Ok(NamedLaw { measures, ..law }),
        Some(i) => Err(group.fault("law", format!("law {i} is no probability measure"))),
    }
}

/// Whether a law is a probability measure with finite places.
fn is_known(law: &Measure) -> bool {
    law.is_probability() && law.atoms().is_none_or(|(points, _)| points.iter().all(|at| at.is_finite()))
}

fn read_measures(group: &Reading, frame: Frame, snapshots: usize) -> Checked<Vec<Measure>> {
    let form = group.text("law")?;
    let few = frame.coordinates().len() < 2;
    match form.as_str() {
        NONE => Ok(Vec::new()),
        _ if snapshots == 0 => {
            Err(Fault::refused(&format!("{}/{SNAPSHOT_TIME}", frame.record.system), "is missing"))
        }
        MARGINALS | MOVING_MARGINALS if few => {
            Err(group.fault("law", "marginals of pairs need two coordinates"))
        }
        CELLS | MOVING_CELLS => cells::read(group, frame, snapshots, form == MOVING_CELLS),
        MARGINALS | MOVING_MARGINALS => marginals::read(group, frame, snapshots, form == MOVING_MARGINALS),
        ATOMS => atoms::read(group, frame, snapshots),
        VARYING_ATOMS => atoms::read_varying(group, frame, snapshots),
        PANELLED_ATOMS => panels::read(group, frame, atoms::read(group, frame, snapshots)?),
        VARYING_PANELLED_ATOMS => panels::read(group, frame, atoms::read_varying(group, frame, snapshots)?),
        other => Err(group.fault("law", format!("the attribute is {other:?}, no form of a law"))),
    }
}

/// The measures in the form in which a file has them: atoms, unless all are maps on panels of one form.
pub(super) fn as_stored(law: &NamedLaw) -> Cow<'_, [Measure]> {
    if !law.measures.iter().any(|law: &Measure| matches!(law, Measure::Pushforward(_)))
        || panels::share_form(law)
    {
        return Cow::Borrowed(&law.measures);
    }
    Cow::Owned(
        law.measures
            .iter()
            .map(|law: &Measure| match law.atoms() {
                Some((points, weights)) => {
                    Measure::Atoms { points: points.clone(), weights: weights.clone() }
                }
                None => law.clone(),
            })
            .collect(),
    )
}
