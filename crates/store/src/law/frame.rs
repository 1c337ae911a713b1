//! The part that all forms of laws share in a file: the shapes of arrays over snapshots, and laws of
//! different sizes in one array. It knows no form.

use meanfield_model::measure::Measure;
use meanfield_run::record::{NamedLaw, Record};
use ndarray::{ArrayD, ArrayViewD, Axis as Dimension, IxDyn, Slice};

use super::super::axes::{dimensions, shape};
use super::super::error::{Checked, Fault};
use super::super::reading::Reading;

/// One law of a record.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Its system: leading axes and times.
    pub record: &'a Record,
    /// The law; without measures while it is read.
    pub law: &'a NamedLaw,
}

impl<'a> Frame<'a> {
    /// Names of its coordinates.
    pub(super) fn coordinates(&self) -> &'a [String] {
        &self.law.coordinates
    }

    /// Its measures, row-major over (leading axes…, snapshot).
    pub(super) fn measures(&self) -> &'a [Measure] {
        &self.law.measures
    }

    /// The names of the leading axes, then `rest`.
    pub(super) fn dimensions(&self, rest: &[&'a str]) -> Vec<&'a str> {
        dimensions(self.record, rest)
    }

    /// The lengths of the leading axes, then `rest`.
    pub(super) fn shape(&self, rest: &[usize]) -> Vec<usize> {
        shape(self.record, rest)
    }

    /// The fault that a dataset of the law is wrong.
    pub(super) fn unfit(&self, name: &str, reason: String) -> Fault {
        Fault::unfit(&format!("{}/{name}", self.record.system), reason)
    }

    /// The arrays that `array` takes from each measure, in one array of shape (leading axes…, snapshot,
    /// `each`…), padded by NaN where they are shorter. A measure of another form is an error with its number.
    pub(super) fn stacked(
        &self,
        name: &str,
        each: &[usize],
        array: impl Fn(&'a Measure) -> Option<ArrayD<f64>>,
    ) -> Checked<ArrayD<f64>> {
        let blocks: Vec<usize> = [self.measures().len()].iter().chain(each).copied().collect();
        let mut all = ArrayD::from_elem(IxDyn(&blocks), f64::NAN);
        for (i, (law, mut block)) in self.measures().iter().zip(all.axis_iter_mut(Dimension(0))).enumerate() {
            let values = array(law)
                .filter(|values| fits(values, each))
                .ok_or_else(|| self.unfit(name, format!("law {i} is of another form than law 0")))?;
            let own = values.shape().to_vec();
            block.slice_each_axis_mut(|of| Slice::from(0..own[of.axis.index()])).assign(&values);
        }
        let lengths: Vec<_> = [self.record.snapshot_time.len()].iter().chain(each).copied().collect();
        let stacked = all.into_shape_with_order(IxDyn(&self.shape(&lengths)));
        stacked.map_err(|error| self.unfit(name, error.to_string()))
    }
}

/// Whether an array is nowhere longer than `most`.
fn fits(values: &ArrayD<f64>, most: &[usize]) -> bool {
    values.ndim() == most.len() && values.shape().iter().zip(most).all(|(own, most)| own <= most)
}

/// From the array of all laws to one block of shape `each` for each law.
pub(super) fn blocks(
    group: &Reading,
    name: &str,
    all: ArrayD<f64>,
    each: &[usize],
) -> Checked<Vec<ArrayD<f64>>> {
    let size: usize = each.iter().product();
    let laws = all.len().checked_div(size).ok_or_else(|| group.fault(name, "is empty"))?;
    let blocks: Vec<_> = [laws].iter().chain(each).copied().collect();
    let all = all.into_shape_with_order(IxDyn(&blocks)).map_err(|error| group.fault(name, error))?;
    Ok(all.axis_iter(Dimension(0)).map(|block| block.to_owned()).collect())
}

/// A line without the NaN that it was padded with.
pub(super) fn unpadded(line: ArrayViewD<f64>) -> Vec<f64> {
    let mut line: Vec<f64> = line.iter().copied().collect();
    line.truncate(line.iter().rposition(|value| !value.is_nan()).map_or(0, |last| last + 1));
    line
}
