//! The group of one system: its attributes, axes, curves, quantiles, and (through `law`) the laws at the
//! snapshots. Writing and reading are side by side, so that they stay consistent. It knows names and shapes;
//! `variables` and `reading` know HDF5.

use std::cell::Cell;

use hdf5::Group;
use meanfield_run::certificate;
use meanfield_run::quantities::QUANTILE;
use meanfield_run::record::reserved::{LEVEL, SNAPSHOT_TIME, STEP, TIME};
use meanfield_run::record::{Curve, Nature, Quantiles, Record, Timetable};
use meanfield_run::refinement;
use ndarray::ArrayD;

use super::attribute::{flag, list, text};
use super::axes::{dimensions, read_axes, shape, write_run_axis};
use super::error::{Checked, Fault};
use super::facts;
use super::law;
use super::observed;
use super::reading::Reading;
use super::variables::Variables;

/// Writes the group of one record.
pub(super) fn write(root: &Group, record: &Record, next: &Cell<i32>) -> Checked<()> {
    let mut out = Variables::new(root, &record.system, next)?;
    write_attributes(out.group(), record)?;
    write_axes(&mut out, record)?;
    write_curves(&mut out, record)?;
    write_quantiles(&mut out, record)?;
    law::write(&mut out, record, next)?;
    observed::write_timetable(&mut out, record)?;
    out.attach()
}

/// Reads the group of one record.
pub(super) fn read(root: &Reading, system: &str) -> Checked<Record> {
    let group = root.group(system)?;
    let time: Vec<f64> = group.line(TIME)?;
    let mut record = Record {
        system: system.into(),
        kind: group.text("kind")?,
        nature: Nature::default(),
        axes: read_axes(&group)?,
        step: None,
        time,
        curves: Vec::new(),
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: Vec::new(),
        laws: Vec::new(),
        facts: Vec::new(),
        timetable: Timetable::default(),
        failures: Vec::new(),
    };
    record.facts = facts::read(&group, record.runs())?;
    record.step = read_steps(&group, &record)?;
    record.curves = read_curves(&group, &record)?;
    (record.levels, record.quantiles) = read_quantiles(&group, &record)?;
    record.failures = observed::read_failures(&group, &record)?;
    (record.snapshot_time, record.laws) = law::read(&group, &record)?;
    record.nature = observed::read_nature(&group, &record)?;
    record.timetable = observed::read_timetable(&group, &record)?;
    check_times(&group, &record)?;
    Ok(record)
}

/// Checks the axes of curves, laws and quantiles: times are finite and planned in their order, levels lie
/// between 0 and 1.
fn check_times(group: &Reading, record: &Record) -> Checked<()> {
    let lists = [
        (TIME, &record.time[..], record.planned_time()),
        (SNAPSHOT_TIME, &record.snapshot_time[..], record.planned_snapshot_time()),
    ];
    for (name, own, planned) in lists {
        let finite = own.iter().chain(planned).all(|time| time.is_finite());
        let sorted = own.is_sorted() && planned.is_sorted();
        if !finite || !sorted || planned.len() != own.len() {
            return Err(group.fault(name, "are no times in their order"));
        }
    }
    match record.levels.iter().all(|level| *level > 0.0 && *level < 1.0) {
        true => Ok(()),
        false => Err(group.fault(LEVEL, "are no levels between 0 and 1")),
    }
}

/// Writes the names that reading needs, in the order of the record; then the facts, one attribute each.
fn write_attributes(group: &Group, record: &Record) -> Checked<()> {
    let curves: Vec<_> = record.curves.iter().map(|curve| curve.name.as_str()).collect();
    let quantiles: Vec<_> = record.quantiles.iter().map(|q| q.coordinate.as_str()).collect();
    text(group, "kind", &record.kind)?;
    observed::write_nature(group, record)?;
    observed::write_failures(group, record)?;
    law::write_names(group, record)?;
    list(group, "axis_names", &dimensions(record, &[]))?;
    list(group, "curve_names", &curves)?;
    list(group, "quantile_names", &quantiles)?;
    facts::write_names(group, &record.facts)?;
    flag(group, "counts_steps", record.step.is_some())?;
    text(group, "warnings", &warnings_in_words(record))?;
    record.facts.iter().try_for_each(|fact| facts::write(group, fact))
}

/// The certificates that warn against the solution, a line each. They follow from the record and are not
/// read back.
fn warnings_in_words(record: &Record) -> String {
    let words: Vec<String> = certificate::warnings(record).into_iter().map(|one| one.words).collect();
    words.join("\n")
}

/// Writes leading axes, time, and the steps at these times.
fn write_axes(out: &mut Variables, record: &Record) -> Checked<()> {
    record.axes.iter().try_for_each(|axis| write_run_axis(out, axis))?;
    out.dimension(TIME, &record.time, "time t = k eps")?;
    let Some(steps) = &record.step else { return Ok(()) };
    let over = if steps.len() == record.time.len() { vec![TIME] } else { dimensions(record, &[TIME]) };
    let signed: Vec<_> =
        steps.iter().map(|&k| i64::try_from(k)).collect::<Result<_, _>>().map_err(|_| {
            Fault::unfit(&format!("{}/step", record.system), "a step does not fit into 63 bits")
        })?;
    let lengths = if over.len() == 1 { vec![signed.len()] } else { shape(record, &[record.time.len()]) };
    let values = ArrayD::from_shape_vec(lengths, signed).map_err(|error: ndarray::ShapeError| {
        Fault::unfit(&format!("{}/step", record.system), error.to_string())
    })?;
    out.variable(STEP, &over, values.view(), "number of steps k")
}

fn read_steps(group: &Reading, record: &Record) -> Checked<Option<Vec<u64>>> {
    if !group.flag("counts_steps")? {
        return Ok(None);
    }
    let times = record.time.len();
    let lengths = if group.rank(STEP)? == 1 { vec![times] } else { shape(record, &[times]) };
    let steps = group.array::<i64>(STEP, &lengths)?;
    let unsigned = steps.into_iter().map(u64::try_from).collect::<Result<_, _>>();
    unsigned.map(Some).map_err(|_| group.fault(STEP, "holds a negative number"))
}

fn write_curves(out: &mut Variables, record: &Record) -> Checked<()> {
    let over = dimensions(record, &[TIME]);
    record
        .curves
        .iter()
        .try_for_each(|curve: &Curve| out.variable(&curve.name, &over, curve.values.view(), &curve.meaning))
}

fn read_curves(group: &Reading, record: &Record) -> Checked<Vec<Curve>> {
    let shape = shape(record, &[record.time.len()]);
    group
        .names("curve_names")?
        .into_iter()
        .map(|name: String| {
            let meaning = group.meaning(&name)?;
            let values = group.array(&name, &shape)?;
            Ok(Curve { name, meaning, values })
        })
        .collect()
}

fn write_quantiles(out: &mut Variables, record: &Record) -> Checked<()> {
    if record.levels.is_empty() && record.quantiles.is_empty() {
        return Ok(());
    }
    out.dimension(LEVEL, &record.levels, "level of the quantiles")?;
    let over = dimensions(record, &[TIME, LEVEL]);
    record.quantiles.iter().try_for_each(|quantiles| {
        let name = QUANTILE.name_for(&quantiles.coordinate);
        let meaning = match quantiles.coordinate.strip_suffix(refinement::SUFFIX) {
            Some(coordinate) => format!(
                "error of the {}, from a companion coarser in everything",
                QUANTILE.meaning_for(coordinate)
            ),
            None => QUANTILE.meaning_for(&quantiles.coordinate),
        };
        out.variable(&name, &over, quantiles.values.view(), &meaning)
    })
}

fn read_quantiles(group: &Reading, record: &Record) -> Checked<(Vec<f64>, Vec<Quantiles>)> {
    let coordinates = group.names("quantile_names")?;
    if coordinates.is_empty() && !group.has(LEVEL) {
        return Ok((Vec::new(), Vec::new()));
    }
    let levels: Vec<f64> = group.line(LEVEL)?;
    let shape = shape(record, &[record.time.len(), levels.len()]);
    let quantiles = coordinates.into_iter().map(|coordinate: String| {
        group.array(&QUANTILE.name_for(&coordinate), &shape).map(|values| Quantiles { coordinate, values })
    });
    let quantiles = quantiles.collect::<Checked<_>>()?;
    Ok((levels, quantiles))
}
