//! w uniform on a sphere |w| = R of R^d, in the coordinates that data with k directions leave of it: (m, r),
//! m ∈ R^k along them and r = √(R² − |m|²) the length of the others; of points, which have no others, w
//! itself. The law lies on a surface: its coordinates depend on one another, and k standard normals (of
//! points k − 1) are all that it has.
//!
//! With u = w/R, u₁ = sin φ₁, u₂ = cos φ₁ sin φ₂, …: each latitude has the law of its own dimension,
//! independent of the others. No grid is known here; the mass of the boxes between given faces is, where
//! there are two coordinates.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::angle_law::{AngleLaw, angle_of_height, angle_of_length};
use crate::coordinate_start::CoordinateStart;
use crate::normal;

/// The law.
#[derive(Clone, Debug, PartialEq)]
pub struct UniformOnSphere {
    radius: f64,
    dimension: usize,
    directions: usize,
    /// The latitude above each direction in turn, in what is left of the dimensions; of points all but the
    /// last two coordinates, which are on a circle.
    latitudes: Vec<AngleLaw>,
}

impl UniformOnSphere {
    /// The sphere of a radius in R^d, k of whose directions are known: of d − k = 0 or at least 2 others.
    pub fn new(radius: f64, dimension: usize, directions: usize) -> Self {
        let turns = if dimension == directions { directions.saturating_sub(2) } else { directions };
        let latitudes = (0..turns).map(|turn| AngleLaw::new((dimension - turn).saturating_sub(2), 0));
        Self { radius, dimension, directions, latitudes: latitudes.collect() }
    }

    /// Whether the last two coordinates are on a circle, and no length is left.
    fn is_of_points(&self) -> bool {
        self.dimension == self.directions
    }

    /// Standard normals that it is the image of.
    pub fn normals(&self) -> usize {
        self.latitudes.len() + usize::from(self.is_of_points())
    }

    /// Coordinates.
    pub fn coordinates(&self) -> usize {
        self.directions + usize::from(!self.is_of_points())
    }

    /// The coordinates at these normals, smooth even in the tails.
    pub fn place(&self, g: &[f64], z: &mut [f64]) {
        let mut left = self.radius;
        for ((latitude, g), m) in self.latitudes.iter().zip(g).zip(z.iter_mut()) {
            let angle = latitude.signed_of_normal(*g);
            *m = left * angle.sin();
            left *= angle.cos();
        }
        let rest = &mut z[self.latitudes.len()..];
        match (rest, g.get(self.latitudes.len())) {
            ([first, second], Some(g)) => {
                let angle = 2.0 * PI * normal::distribution(*g);
                (*first, *second) = (left * angle.sin(), left * angle.cos());
            }
            (rest, _) => rest.fill(left),
        }
    }

    /// The law of each coordinate by itself.
    pub fn marginals(&self) -> Vec<CoordinateStart> {
        let (d, k) = (self.dimension, self.directions);
        let along = CoordinateStart::AlongSphere {
            radius: self.radius,
            angle: AngleLaw::new(d.saturating_sub(2), 0),
        };
        let mut marginals = vec![along; k];
        if !self.is_of_points() {
            let angle = AngleLaw::new((d - k).saturating_sub(1), k.saturating_sub(1));
            marginals.push(CoordinateStart::AcrossSphere { radius: self.radius, angle });
        }
        marginals
    }

    /// The mass of each box between the faces of two axes, the first running fastest; what lies beyond the
    /// outermost faces belongs to their boxes. None of more coordinates than two.
    pub fn masses(&self, first: &[f64], second: &[f64]) -> Option<Vec<f64>> {
        if self.coordinates() != 2 {
            return None;
        }
        let circle = AngleLaw::new(0, 0);
        let law = self.latitudes.first().unwrap_or(&circle);
        let latitudes = self.latitudes_of(first);
        let sides: Vec<Vec<Arc>> = with_open_ends(second).map(|ends| self.arcs(ends)).collect();
        let mass = |arc: &Arc, of_first: &[f64]| {
            let [from, until] = [arc.from.max(of_first[0]), arc.until.min(of_first[1])];
            if from < until { arc.share * law.signed_mass(from, until) } else { 0.0 }
        };
        let boxes = sides.iter().flat_map(|arcs| latitudes.windows(2).map(move |ends| (arcs, ends)));
        Some(boxes.map(|(arcs, ends)| arcs.iter().map(|arc| mass(arc, ends)).sum()).collect())
    }

    /// The latitudes at which m has these values, the outermost at the poles.
    fn latitudes_of(&self, faces: &[f64]) -> Vec<f64> {
        let mut all: Vec<f64> = faces.iter().map(|m| angle_of_height(self.radius, *m)).collect();
        if let [first, .., last] = &mut all[..] {
            (*first, *last) = (-FRAC_PI_2, FRAC_PI_2);
        }
        all
    }

    /// The latitudes at which the second coordinate lies between two values: a length on both sides of the
    /// equator, a number of a point on either half of the circle.
    fn arcs(&self, [from, until]: [f64; 2]) -> Vec<Arc> {
        if !self.is_of_points() {
            return self.both_sides([from, until], 1.0);
        }
        let above = self.both_sides([from.max(0.0), until.max(0.0)], 0.5);
        above.into_iter().chain(self.both_sides([(-until).max(0.0), (-from).max(0.0)], 0.5)).collect()
    }

    /// The latitudes, from south to north, at which R cos φ lies between two lengths.
    fn both_sides(&self, [from, until]: [f64; 2], share: f64) -> Vec<Arc> {
        let [far, near] = [from, until].map(|length| angle_of_length(self.radius, length));
        vec![Arc { from: -far, until: -near, share }, Arc { from: near, until: far, share }]
    }
}

/// Latitudes, and the share of the mass there that is meant.
struct Arc {
    from: f64,
    until: f64,
    share: f64,
}

/// The two ends between all neighbours, the outermost at infinity.
fn with_open_ends(faces: &[f64]) -> impl Iterator<Item = [f64; 2]> + '_ {
    let last = faces.len().saturating_sub(2);
    faces.windows(2).enumerate().map(move |(i, ends)| {
        let from = if i == 0 { f64::NEG_INFINITY } else { ends[0] };
        [from, if i == last { f64::INFINITY } else { ends[1] }]
    })
}
