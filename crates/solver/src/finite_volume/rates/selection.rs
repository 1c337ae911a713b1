//! Which way to compute rates is the fastest for given cells.

use std::any::Any;

use super::Rates;
use super::four_parameters::FourParameters;
use super::reference::Reference;
use crate::cell_features::CellFeatures;
use crate::finite_volume::cells::Cells;
use crate::finite_volume::limiter::Limiter;

/// The fastest way for these cells.
pub fn fastest<const D: usize>(cells: &Cells<D>, limiter: Limiter) -> Box<dyn Rates<D>> {
    let is_equally_mobile = cells.lines.iter().all(|line| line.mobility == 1.0);
    match &cells.features {
        CellFeatures::Outer { .. } if is_equally_mobile => four_parameters(cells, limiter),
        _ => None,
    }
    .unwrap_or_else(|| Box::new(Reference::new(cells, limiter)))
}

/// The fused kernel, which exists in four coordinates alone. This is the only place that compares the number
/// of coordinates: what comes out has it in its type.
fn four_parameters<const D: usize>(cells: &Cells<D>, limiter: Limiter) -> Option<Box<dyn Rates<D>>> {
    let cells: &Cells<4> = (cells as &dyn Any).downcast_ref()?;
    let rates: Box<dyn Rates<4>> = Box::new(FourParameters::new(cells, limiter));
    let rates: Box<dyn Any> = Box::new(rates);
    rates.downcast::<Box<dyn Rates<D>>>().ok().map(|rates| *rates)
}
