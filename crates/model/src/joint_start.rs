//! The law of all reduced coordinates of a neuron at t = 0 together: a mixture of parts, in each of which
//! coordinates are independent of one another but for those of a sphere. A part is the image of independent
//! standard normals.
//!
//! The law of each coordinate by itself is in [`crate::coordinate_start`]. Grids, panels and draws are made
//! by whoever needs them.

use crate::coordinate_start::{CoordinateStart, WeightedCoordinate};
use crate::data_model::DataModel;
use crate::initial::{AffineStart, Initial, Normal, NumberLaw, across_overlap};
use crate::sphere_start::UniformOnSphere;

/// A law of w that these data have no coordinates for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JointStartError {
    /// A start with one radius, where there are several.
    #[error("a start on a sphere, in a shell or of several parts is known of no data with blocks")]
    Blocks,
    /// Another number of means or overlaps than of directions.
    #[error(
        "the start has {given} numbers along directions (`mean` or `overlap`), and the data know \
         {directions} directions"
    )]
    Directions {
        /// Numbers of the start.
        given: usize,
        /// Directions of the data.
        directions: usize,
    },
    /// |w| uniform between two radii, in coordinates along and across.
    #[error("a start in a shell is known for isotropic data alone, not for data with directions or points")]
    Shell,
    /// Points leave nothing across that would make up |w|.
    #[error("weights on points have no part across that an overlap could leave free")]
    OverlapOfPoints,
    /// The sphere of a line.
    #[error("on points of one coordinate a sphere is two numbers")]
    Line,
}

/// A part of the law.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPart {
    /// Its probability.
    pub weight: f64,
    /// The first coordinates, independent of one another and of the others.
    pub independent: Vec<CoordinateStart>,
    /// The law of the others, where there are some.
    pub sphere: Option<UniformOnSphere>,
}

impl StartPart {
    /// Standard normals that it is the image of: one for each coordinate that does not start at a point, and
    /// after them those of the sphere.
    pub fn normals(&self) -> usize {
        self.spread().count() + self.sphere.as_ref().map_or(0, UniformOnSphere::normals)
    }

    /// The independent coordinates that do not start at a point.
    fn spread(&self) -> impl Iterator<Item = &CoordinateStart> {
        self.independent.iter().filter(|start| !start.is_point())
    }

    /// For each normal the values at which the coordinates are no smooth function of it.
    pub fn breaks(&self) -> Vec<Vec<f64>> {
        let mut breaks: Vec<Vec<f64>> = self.spread().map(CoordinateStart::breaks).collect();
        breaks.resize(self.normals(), Vec::new());
        breaks
    }

    /// The coordinates at these normals.
    pub fn place(&self, g: &[f64], z: &mut [f64]) {
        let mut left = g.iter();
        for (start, z) in self.independent.iter().zip(z.iter_mut()) {
            let normal = if start.is_point() { 0.0 } else { left.next().copied().unwrap_or(0.0) };
            *z = start.quantile_of_normal(normal);
        }
        if let Some(sphere) = &self.sphere {
            sphere.place(left.as_slice(), &mut z[self.independent.len()..]);
        }
    }

    /// The law of each coordinate by itself.
    pub fn marginals(&self) -> Vec<CoordinateStart> {
        let of_sphere = self.sphere.iter().flat_map(UniformOnSphere::marginals);
        self.independent.iter().cloned().chain(of_sphere).collect()
    }

    /// As d → ∞, where even the coordinates of a sphere are independent.
    fn at_infinite_dimension(&self) -> Self {
        let independent = self.marginals().iter().map(CoordinateStart::at_infinite_dimension).collect();
        Self { weight: self.weight, independent, sphere: None }
    }
}

/// The law.
#[derive(Clone, Debug, PartialEq)]
pub struct JointStart(Vec<StartPart>);

impl JointStart {
    /// The law of (a, b, m, r), or of those of them that neurons have on these data, where w, and a and b,
    /// begin like this.
    ///
    /// # Errors
    /// Where w has a law that these data have no coordinates for.
    pub fn new(
        data: &DataModel,
        weights: &Initial,
        affine: Option<&AffineStart>,
    ) -> Result<Self, JointStartError> {
        let numbers = affine.into_iter().flat_map(|start| [start.a.clone(), start.b.clone()]);
        let numbers: Vec<_> = numbers.map(CoordinateStart::Number).collect();
        let whole = |radii: Vec<CoordinateStart>| {
            let independent = [numbers.clone(), radii].concat();
            Self(vec![StartPart { weight: 1.0, independent, sphere: None }])
        };
        check_directions(weights, data.directions())?;
        match data {
            DataModel::OneBlock(data) => Ok(whole(radii(weights, &[data.dimension])?)),
            DataModel::TwoBlocks(data) => Ok(whole(radii(weights, &data.dimensions)?)),
            DataModel::ThreeBlocks(data) => Ok(whole(radii(weights, &data.dimensions)?)),
            DataModel::Directed(_) => {
                let space = Space { dimension: data.dimension(), directions: data.directions() };
                let part = |(weight, law): (f64, &Initial)| space.part(weight, law, &numbers);
                parts_of(weights).into_iter().map(part).collect::<Result<_, _>>().map(Self)
            }
        }
    }

    /// Its parts.
    pub fn parts(&self) -> &[StartPart] {
        &self.0
    }

    /// The most standard normals that a part is the image of.
    pub fn normals(&self) -> usize {
        self.0.iter().map(StartPart::normals).max().unwrap_or(0)
    }

    /// The coordinates at these standard normals of a part; one that needs fewer takes the first.
    pub fn place<const D: usize>(&self, part: usize, g: &[f64]) -> [f64; D] {
        let mut z = [0.0; D];
        self.0[part].place(g, &mut z);
        z
    }

    /// The law of each coordinate by itself.
    pub fn marginals(&self) -> Vec<CoordinateStart> {
        let of_parts: Vec<_> = self.0.iter().map(|part| (part.weight, part.marginals())).collect();
        match &of_parts[..] {
            [(_, only)] => only.clone(),
            all => (0..all.first().map_or(0, |(_, first)| first.len())).map(|c| mixed(all, c)).collect(),
        }
    }

    /// As d → ∞, blocks keeping their shares of the coordinates: of every part lengths are sharp.
    #[must_use]
    pub fn at_infinite_dimension(&self) -> Self {
        Self(self.0.iter().map(StartPart::at_infinite_dimension).collect())
    }
}

/// The law of one coordinate in a mixture.
fn mixed(parts: &[(f64, Vec<CoordinateStart>)], coordinate: usize) -> CoordinateStart {
    let part = |(weight, laws): &(f64, Vec<CoordinateStart>)| WeightedCoordinate {
        weight: *weight,
        law: laws[coordinate].clone(),
    };
    CoordinateStart::Mixture(parts.iter().map(part).collect())
}

/// The radii of blocks of so many coordinates.
fn radii(weights: &Initial, blocks: &[usize]) -> Result<Vec<CoordinateStart>, JointStartError> {
    let dimension = blocks.iter().sum();
    if blocks.len() > 1 && !matches!(weights, Initial::Gaussian { .. }) {
        return Err(JointStartError::Blocks);
    }
    Ok(blocks.iter().map(|block| CoordinateStart::radius_of_block(weights, dimension, *block)).collect())
}

/// The parts of a law of w with their probabilities.
fn parts_of(weights: &Initial) -> Vec<(f64, &Initial)> {
    match weights {
        Initial::Mixture(parts) => parts.iter().map(|part| (part.weight, &part.law)).collect(),
        other => vec![(1.0, other)],
    }
}

/// As many numbers along directions as there are, in every part that has some.
fn check_directions(weights: &Initial, directions: usize) -> Result<(), JointStartError> {
    for (_, part) in parts_of(weights) {
        if let Initial::GaussianAbout { mean: numbers, .. } | Initial::Overlap { overlap: numbers, .. } = part
            && (numbers.len() != directions || directions == 0)
        {
            return Err(JointStartError::Directions { given: numbers.len(), directions });
        }
    }
    Ok(())
}

/// R^d with k directions.
#[derive(Clone, Copy)]
struct Space {
    dimension: usize,
    directions: usize,
}

impl Space {
    /// A part of a law of w, and before it the numbers of a neuron.
    fn part(
        self,
        weight: f64,
        law: &Initial,
        numbers: &[CoordinateStart],
    ) -> Result<StartPart, JointStartError> {
        let mut independent = numbers.to_vec();
        let mut sphere = None;
        match law {
            Initial::Gaussian { scale } => {
                independent.extend(self.normal(*scale, &vec![0.0; self.directions]));
            }
            Initial::GaussianAbout { scale, mean } => independent.extend(self.normal(*scale, mean)),
            Initial::Overlap { radius, overlap } => independent.extend(self.overlapping(*radius, overlap)?),
            Initial::Sphere { .. } if self.dimension < 2 => return Err(JointStartError::Line),
            Initial::Sphere { radius } => {
                sphere = Some(UniformOnSphere::new(*radius, self.dimension, self.directions));
            }
            Initial::Shell { .. } | Initial::Mixture(_) => return Err(JointStartError::Shell),
        }
        Ok(StartPart { weight, independent, sphere })
    }

    fn across(self) -> usize {
        self.dimension - self.directions
    }

    /// w ~ N(mean, κ²/d I).
    fn normal(self, scale: f64, mean: &[f64]) -> Vec<CoordinateStart> {
        let deviation = scale / (self.dimension as f64).sqrt();
        let along = mean.iter().map(|mean| NumberLaw::from(Normal { mean: *mean, deviation }));
        let across = (self.across() > 0).then(|| {
            CoordinateStart::radius_of_block(&Initial::Gaussian { scale }, self.dimension, self.across())
        });
        along.map(CoordinateStart::Number).chain(across).collect()
    }

    /// A point: m = q R, and r what is left of R.
    fn overlapping(self, radius: f64, overlap: &[f64]) -> Result<Vec<CoordinateStart>, JointStartError> {
        if self.across() == 0 {
            return Err(JointStartError::OverlapOfPoints);
        }
        let along = overlap.iter().map(|q| CoordinateStart::Number(NumberLaw::point(q * radius)));
        let initial = Initial::Sphere { radius: across_overlap(overlap) * radius };
        Ok(along.chain([CoordinateStart::Radius { initial, dimension: self.across() }]).collect())
    }
}

#[cfg(test)]
mod tests;
