//! The law of one coordinate of a [`Measure`](crate::measure::Measure), as statistics read it: moments and
//! quantiles. It is made once for all statistics; distances and figures take the [`Marginal`] itself.

use ndarray::ArrayView1;

use crate::marginal::Marginal;
use crate::pushforward::Pushforward;

/// The law of one coordinate.
#[derive(Clone, Debug)]
pub struct CoordinateLaw<'a>(Form<'a>);

/// What statistics are read from.
#[derive(Clone, Debug)]
enum Form<'a> {
    /// The marginal.
    Marginal(Marginal),
    /// Nodes of a quadrature, and which coordinate: moments are those of the quadrature.
    Nodes(&'a Pushforward, usize),
}

impl<'a> CoordinateLaw<'a> {
    /// The law with these pieces.
    pub(crate) fn of_marginal(law: Marginal) -> Self {
        Self(Form::Marginal(law))
    }

    /// The law of one coordinate of a map that nodes sample.
    pub(crate) fn of_nodes(law: &'a Pushforward, coordinate: usize) -> Self {
        Self(Form::Nodes(law, coordinate))
    }

    /// Mean.
    pub fn mean(&self) -> f64 {
        match &self.0 {
            Form::Marginal(law) => law.mean(),
            Form::Nodes(law, coordinate) => mean_of_nodes(law, law.points().column(*coordinate)),
        }
    }

    /// Standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        match &self.0 {
            Form::Marginal(law) => law.standard_deviation(),
            Form::Nodes(law, coordinate) => {
                let points = law.points().column(*coordinate);
                let mean = mean_of_nodes(law, points);
                let squares = points.iter().zip(law.weights()).map(|(x, weight)| weight * (x - mean).powi(2));
                let square: f64 = squares.sum();
                (square / law.weights().sum()).sqrt()
            }
        }
    }

    /// The value below which a share `level` in (0, 1) of the law lies.
    pub fn quantile(&self, level: f64) -> f64 {
        self.quantiles(&[level])[0]
    }

    /// Quantiles at these levels in (0, 1).
    pub fn quantiles(&self, levels: &[f64]) -> Vec<f64> {
        match &self.0 {
            Form::Marginal(law) => levels.iter().map(|level| law.quantile(*level)).collect(),
            Form::Nodes(law, coordinate) => law.quantiles(*coordinate, levels),
        }
    }
}

/// The mean of one coordinate of the nodes.
fn mean_of_nodes(law: &Pushforward, points: ArrayView1<f64>) -> f64 {
    points.dot(law.weights()) / law.weights().sum()
}
