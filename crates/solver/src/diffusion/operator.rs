//! The distributional dynamics with noise on a grid (Mei, Montanari & Nguyen 2018, eq. 12, in reduced
//! coordinates):
//!
//! ```text
//!   ∂_s ρ = 2 ∇·( ρ ∇(Ψ_λ − β⁻¹ ln J) + β⁻¹ ∇ρ ),     F = E/2 + β⁻¹ ∫ρ ln(ρ/J)
//! ```
//! Each ∂ is multiplied by the mobility of its coordinate where that is not 1.
//! Masses of cells, fluxes of Scharfetter & Gummel. The discrete free energy falls along it, and its Gibbs
//! state, mass ∝ ∫J e^{−βΨ_λ} over the cell, is preserved exactly. Its steps in time are in `implicit.rs`.

use meanfield_model::landscape::Landscape;
use meanfield_model::volume::VolumeElement;

use super::axis_geometry::DiffusionAxis;
use super::flux;
use crate::features::Features;
use crate::grid::Grid;
use crate::nodes::Nodes;

/// Stands for the mass of an empty cell in logarithms.
const EMPTY: f64 = 1e-300;

/// Fluxes and energies on one grid.
pub struct Operator<const D: usize, L> {
    /// The cells.
    pub grid: Grid<D>,
    /// Features, risk, ridge.
    pub landscape: L,
    /// 1/β > 0.
    pub temperature: f64,
    elements: [VolumeElement; D],
    pub(super) along: [DiffusionAxis; D],
    pub(super) features: Features,
    /// ln ∫J over each cell.
    ln_volume: Vec<f64>,
}

/// E, F and the terms of F without their signs, for the size of rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Energies {
    /// R, and the ridge's share.
    pub energy: f64,
    /// F.
    pub free_energy: f64,
    /// Sum of the sizes of F's terms.
    pub size: f64,
}

impl<const D: usize, L: Landscape<D>> Operator<D, L> {
    /// The operator on `grid`, whose coordinates have these volume elements.
    pub fn new(landscape: L, grid: Grid<D>, elements: [VolumeElement; D], temperature: f64) -> Self {
        let along = geometry(&landscape, &grid, &elements);
        let features = features(&landscape, &grid);
        let ln_volume = ln_volumes(&grid, &along);
        Self { grid, landscape, temperature, elements, along, features, ln_volume }
    }

    /// Whether a coordinate goes on below the grid: a radius does not.
    pub fn goes_on_below(&self, axis: usize) -> bool {
        self.elements[axis] == VolumeElement::Line
    }

    /// Goes over to another grid.
    pub fn replace_grid(&mut self, grid: Grid<D>) {
        self.along = geometry(&self.landscape, &grid, &self.elements);
        self.features = features(&self.landscape, &grid);
        self.ln_volume = ln_volumes(&grid, &self.along);
        self.grid = grid;
    }

    /// m_k of these masses.
    pub fn moments(&self, mass: &[f64]) -> Vec<f64> {
        let mut moments = vec![0.0; self.landscape.rank()];
        self.features.moments(mass, &mut moments);
        moments
    }

    /// Ψ_λ at every cell, for these moments.
    pub fn potential(&self, moments: &[f64]) -> Vec<f64> {
        let mut coefficients = vec![0.0; moments.len()];
        self.landscape.potential_coefficients(moments, &mut coefficients);
        let mut potential = vec![0.0; self.grid.cells()];
        self.features.combination(&coefficients, &mut potential);
        potential
    }

    /// E and F of these masses.
    pub fn energies(&self, mass: &[f64]) -> Energies {
        let energy = self.landscape.energy(&self.moments(mass));
        let terms = mass.iter().zip(&self.ln_volume).filter(|(mass, _)| **mass > 0.0);
        let mut entropy = 0.0;
        let mut size = 0.5 * energy.abs();
        for (mass, ln_volume) in terms {
            entropy += mass * (mass.ln() - ln_volume);
            size += self.temperature * mass * (mass.ln().abs() + ln_volume.abs());
        }
        Energies { energy, free_energy: 0.5 * energy + self.temperature * entropy, size }
    }

    /// −dF/ds = Σ over the faces of flux · (fall of Ψ_λ + β⁻¹ ln(ρ/J)) ≥ 0, s = ∫ξ dt: MMN (24).
    pub fn dissipation(&self, mass: &[f64]) -> f64 {
        let potential = self.potential(&self.moments(mass));
        let level =
            |i: usize| potential[i] + self.temperature * (mass[i].max(EMPTY).ln() - self.ln_volume[i]);
        let mut sum = 0.0;
        for axis in 0..D {
            self.each_face(axis, |i, next, face| {
                let flux = self.flux(axis, (i, next, face), &potential, mass);
                if flux != 0.0 {
                    sum += flux * (level(i) - level(next));
                }
            });
        }
        sum
    }

    /// Flux per unit of s through a face, given the cells on both sides and the face's place along the axis.
    #[inline(always)]
    pub(super) fn flux(
        &self,
        axis: usize,
        (i, next, face): (usize, usize, usize),
        potential: &[f64],
        mass: &[f64],
    ) -> f64 {
        let along = &self.along[axis];
        let (ahead, back) =
            flux::weights(self.step_of_level(axis, (i, next, face), potential), self.temperature);
        let left = mass[i] * along.inverse_width[face];
        let right = mass[next] * along.inverse_width[face + 1];
        2.0 * along.conductance[face] * (ahead * left - back * right)
    }

    /// y: by how much Ψ_λ − β⁻¹ ln J rises across a face.
    #[inline(always)]
    pub(super) fn step_of_level(
        &self,
        axis: usize,
        (i, next, face): (usize, usize, usize),
        potential: &[f64],
    ) -> f64 {
        potential[next] - potential[i] - self.temperature * self.along[axis].ln_element_step[face]
    }

    /// β times the step of Ψ_λ − β⁻¹ ln J across a face, the mean of its sizes over the mass, along the worst
    /// axis: from 2 on fluxes are those of an upwind scheme, whose own diffusion exceeds that of the noise.
    pub fn cell_peclet(&self, mass: &[f64]) -> f64 {
        let potential = self.potential(&self.moments(mass));
        (0..D)
            .map(|axis: usize| {
                let mut steps = 0.0;
                let mut total = 0.0;
                self.each_face(axis, |i, next, face| {
                    let here = mass[i] + mass[next];
                    steps += here * self.step_of_level(axis, (i, next, face), &potential).abs();
                    total += here;
                });
                steps / (self.temperature * total)
            })
            .fold(0.0, f64::max)
    }

    /// Visits the interior faces across an axis: the cells before and behind, and which face of its line it
    /// is.
    #[inline(always)]
    pub(super) fn each_face(&self, axis: usize, mut visit: impl FnMut(usize, usize, usize)) {
        let stride = self.grid.stride(axis);
        let length = self.grid.axes[axis].cells();
        for block in (0..self.grid.cells()).step_by(stride * length) {
            for face in 0..length - 1 {
                for i in block + face * stride..block + (face + 1) * stride {
                    visit(i, i + stride, face);
                }
            }
        }
    }

    /// The cells as nodes of a Gibbs state: the very one that this operator preserves.
    pub fn nodes(&self) -> Nodes<D> {
        let position = (0..self.grid.cells()).map(|i| self.grid.centre(i)).collect();
        Nodes { position, ln_volume: self.ln_volume.clone() }
    }

    /// Smallest density of any cell against dz.
    pub fn lowest_density(&self, mass: &[f64]) -> f64 {
        (0..mass.len()).map(|i| mass[i] / self.grid.volume(i)).fold(f64::INFINITY, f64::min)
    }

    /// The longest step of s that is stable for explicit diffusion alone: the least of width²/(4/β) and the
    /// like.
    pub fn explicit_bound(&self) -> f64 {
        let mut fastest = vec![0.0; self.grid.cells()];
        for (axis, along) in self.along.iter().enumerate() {
            self.each_face(axis, |i, next, face| {
                let rate = 2.0 * self.temperature * along.conductance[face];
                fastest[i] += rate * along.inverse_width[face];
                fastest[next] += rate * along.inverse_width[face + 1];
            });
        }
        fastest.into_iter().fold(0.0, f64::max).recip()
    }
}

/// The geometry of each axis.
fn geometry<const D: usize>(
    landscape: &impl Landscape<D>,
    grid: &Grid<D>,
    elements: &[VolumeElement; D],
) -> [DiffusionAxis; D] {
    let mobility = landscape.structure().mobility;
    std::array::from_fn(|c| DiffusionAxis::new(&grid.axes[c], elements[c], mobility[c]))
}

/// The features at each cell's centre.
fn features<const D: usize>(landscape: &impl Landscape<D>, grid: &Grid<D>) -> Features {
    Features::new(landscape.rank(), grid.cells(), |i, values| landscape.values(grid.centre(i), values))
}

/// The logarithm of each cell's share of the volume.
fn ln_volumes<const D: usize>(grid: &Grid<D>, along: &[DiffusionAxis; D]) -> Vec<f64> {
    (0..grid.cells())
        .map(|i: usize| {
            let at = grid.indices(i);
            (0..D).map(|axis| along[axis].ln_volume[at[axis]]).sum()
        })
        .collect()
}
