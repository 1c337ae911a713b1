//! The weights of a network under the inputs of each class: lengths and directions of the rows w once every
//! block of coordinates is stretched by its scale. Classes whose scales have the same ratios (all, where
//! there is one block) share a view.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice, s};

use crate::mixture::{Component, Mixture};

/// Rows of cosines held at a time: N² of them at once would not fit for large N.
const ROWS: usize = 64;

/// A class of a view.
pub struct ViewedClass<'a> {
    /// The class.
    pub class: &'a Component,
    /// The largest of its scales: the view's lengths are relative to it.
    largest: f64,
}

/// Lengths and directions of the stretched rows w, shared by the classes with these ratios of scales.
pub struct View<'a> {
    /// The classes that share it.
    pub classes: Vec<ViewedClass<'a>>,
    /// Scales of the blocks, relative to the largest.
    ratios: Vec<f64>,
    /// Lengths of the stretched rows.
    lengths: Array1<f64>,
    /// The stretched rows divided by their lengths (0 for a row that vanishes), shape (neuron, d).
    directions: Array2<f64>,
}

/// The views of all classes on `weights`, shape (neuron, d).
pub fn views<'a>(data: &'a Mixture, weights: ArrayView2<f64>) -> Vec<View<'a>> {
    let mut views: Vec<View> = Vec::new();
    for class in &data.components {
        let largest = class.scales.iter().copied().fold(0.0, f64::max);
        let ratios: Vec<f64> = class.scales.iter().map(|scale| scale / largest).collect();
        let viewed = ViewedClass { class, largest };
        match views.iter_mut().find(|view| view.ratios == ratios) {
            Some(view) => view.classes.push(viewed),
            None => {
                let (lengths, directions) = polar(stretched(data, &ratios, weights));
                views.push(View { classes: vec![viewed], ratios, lengths, directions });
            }
        }
    }
    views
}

/// Weights with every block times its ratio.
fn stretched(data: &Mixture, ratios: &[f64], weights: ArrayView2<f64>) -> Array2<f64> {
    let mut stretched = weights.to_owned();
    for (block, ratio) in data.blocks().zip(ratios) {
        stretched.slice_axis_mut(Axis(1), Slice::from(block)).mapv_inplace(|w| ratio * w);
    }
    stretched
}

/// Lengths of the rows, and the rows divided by them.
fn polar(mut rows: Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let lengths: Array1<f64> = rows.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect();
    for (mut row, &length) in rows.rows_mut().into_iter().zip(&lengths) {
        row.mapv_inplace(|w| if length > 0.0 { w / length } else { 0.0 });
    }
    (lengths, rows)
}

impl View<'_> {
    /// S of every neuron, for one of the classes.
    pub fn scales(&self, class: &ViewedClass) -> impl Iterator<Item = f64> {
        let largest = class.largest;
        self.lengths.iter().map(move |length| largest * length)
    }

    /// Lengths of the rows.
    pub fn lengths(&self) -> impl Iterator<Item = f64> {
        self.lengths.iter().copied()
    }

    /// The largest |cosine| of two neurons.
    pub fn largest_cosine(&self) -> f64 {
        let mut largest: f64 = 0.0;
        self.for_each_row(|_, cosines| largest = cosines.fold(largest, |l, c| l.max(c.abs())));
        largest
    }

    /// Calls `visit_row` with i and the cosines to all j < i, for every i.
    pub fn for_each_row(&self, mut visit_row: impl FnMut(usize, ArrayView1<f64>)) {
        let neurons = self.directions.nrows();
        for first in (0..neurons).step_by(ROWS) {
            let last = neurons.min(first + ROWS);
            let block = self.directions.slice(s![first..last, ..]);
            let mut cosines = block.dot(&self.directions.slice(s![..last, ..]).t());
            cosines.mapv_inplace(|c| c.clamp(-1.0, 1.0));
            for (i, row) in (first..last).zip(cosines.rows()) {
                visit_row(i, row.slice(s![..i]));
            }
        }
    }
}
