//! The law of an angle φ in [0, π/2] with density ∝ cosᵖφ sin^q φ: for a point u that is uniform on the unit
//! sphere of R^d, the size of its latitude above a hyperplane (p = d − 2, q = 0: ⟨u, e⟩ = ± sin φ), and the
//! angle to the others of its coordinates along k directions (p = d − k − 1, q = k − 1: their length is sin
//! φ).
//!
//! By Gauss–Legendre on panels that are narrow beside the law, summed from π/2 on: to rounding in the tail,
//! at any d. No point of a sphere is placed here.

use std::f64::consts::FRAC_PI_2;

use meanfield_kernel::bisection::{Until, bisect, middle};

use crate::normal;
use crate::quadrature::legendre;

/// Panels have this width in units of (p + 1)^−½, and so many reach to where e^−800 is left.
const WIDTH: f64 = 2.0;
const PANELS: usize = 20;
/// Halvings of a panel: more change nothing.
const HALVINGS: u32 = 60;

/// The law of the angle.
#[derive(Clone, Debug, PartialEq)]
pub struct AngleLaw {
    cosines: usize,
    sines: usize,
    /// Ends of the panels, from 0 on.
    ends: Vec<f64>,
    /// P(φ > end), for each.
    beyond: Vec<f64>,
    /// ∫ cosᵖ sin^q.
    total: f64,
}

impl AngleLaw {
    /// The law with these powers, p and q, of cosine and sine.
    pub fn new(cosines: usize, sines: usize) -> Self {
        let width = WIDTH / (cosines as f64 + 1.0).sqrt();
        let last = ((FRAC_PI_2 / width).ceil() as usize).min(PANELS);
        let ends: Vec<f64> = (0..=last).map(|i| (width * i as f64).min(FRAC_PI_2)).collect();
        let law = Self { cosines, sines, ends, beyond: Vec::new(), total: 1.0 };
        let mut beyond = vec![0.0; last + 1];
        for i in (0..last).rev() {
            beyond[i] = beyond[i + 1] + law.between(law.ends[i], law.ends[i + 1]);
        }
        let total = beyond[0];
        Self { beyond: beyond.into_iter().map(|share| share / total).collect(), total, ..law }
    }

    /// p, and q.
    pub fn powers(&self) -> [usize; 2] {
        [self.cosines, self.sines]
    }

    /// ∫ cosᵖ sin^q over a panel or a part of one, in units of `total`.
    fn between(&self, from: f64, until: f64) -> f64 {
        let density =
            |angle: f64| angle.cos().powf(self.cosines as f64) * angle.sin().powi(self.sines as i32);
        legendre(from, until).map(|(angle, weight)| weight * density(angle)).sum::<f64>() / self.total
    }

    /// P(φ > angle), accurate where little is left.
    pub fn beyond(&self, angle: f64) -> f64 {
        if angle <= 0.0 {
            return 1.0;
        }
        let next = self.ends.partition_point(|end| *end <= angle);
        match self.ends.get(next) {
            Some(end) => self.beyond[next] + self.between(angle, *end),
            None => 0.0,
        }
    }

    /// The angle beyond which this share lies, 0 to 1.
    pub fn angle_beyond(&self, share: f64) -> f64 {
        let next = self.beyond.partition_point(|beyond| *beyond > share).clamp(1, self.ends.len() - 1);
        let panel = [self.ends[next - 1], self.ends[next]];
        middle(bisect(panel, Until::Halvings(HALVINGS), |angle| self.beyond(angle) <= share))
    }

    /// The angle with a sign, either as likely, below which as many lie as standard normal deviates below g.
    pub fn signed_of_normal(&self, g: f64) -> f64 {
        let angle = self.angle_beyond(2.0 * normal::distribution(-g.abs()));
        if g < 0.0 { -angle } else { angle }
    }

    /// P(angle ≤ this) of the angle with a sign.
    pub fn signed_distribution(&self, angle: f64) -> f64 {
        let beyond = 0.5 * self.beyond(angle.abs());
        if angle < 0.0 { beyond } else { 1.0 - beyond }
    }

    /// The probability that the angle with a sign lies between these two: from the tail that is smaller.
    pub fn signed_mass(&self, from: f64, until: f64) -> f64 {
        match from >= 0.0 {
            true => self.signed_distribution(-from) - self.signed_distribution(-until),
            false => self.signed_distribution(until) - self.signed_distribution(from),
        }
    }
}

/// The angle φ in [0, π/2] with R cos φ = length, 0 from R on.
pub fn angle_of_length(radius: f64, length: f64) -> f64 {
    let length = length.clamp(0.0, radius);
    ((radius - length) * (radius + length)).sqrt().atan2(length)
}

/// The angle φ of either sign with R sin φ = m, at the poles from R on.
pub fn angle_of_height(radius: f64, m: f64) -> f64 {
    let m = m.clamp(-radius, radius);
    m.atan2(((radius - m) * (radius + m)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_dimensions_have_equal_zones_and_two_equal_arcs() {
        let [zones, arcs] = [AngleLaw::new(1, 0), AngleLaw::new(0, 0)];
        for angle in [0.0, 1e-3, 0.4, 1.2, 1.57] {
            // 1 − sin φ, without cancellation.
            let exact = 2.0 * (0.5 * (FRAC_PI_2 - angle)).sin().powi(2);
            assert!((zones.beyond(angle) / exact - 1.0).abs() < 1e-11, "{angle}");
            assert!((arcs.beyond(angle) - (1.0 - angle / FRAC_PI_2)).abs() < 1e-14, "{angle}");
        }
        // Five dimensions, two directions: cos² sin, the cube of the cosine.
        let cube = AngleLaw::new(2, 1);
        assert!((cube.beyond(1.3) / 1.3_f64.cos().powi(3) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn moments_are_those_of_a_uniform_direction_at_any_dimension() {
        for dimension in [3_usize, 8, 40, 1_000_000] {
            let law = AngleLaw::new(dimension - 2, 0);
            let h = 16.0 / 400.0;
            let nodes = (0..400).map(|i| -8.0 + h * (f64::from(i) + 0.5));
            let square = nodes.map(|g| h * normal::density(g) * law.signed_of_normal(g).sin().powi(2));
            // E⟨u, e⟩² = 1/d; the midpoint rule is exact for a smooth function of a normal deviate.
            assert!((square.sum::<f64>() * dimension as f64 - 1.0).abs() < 1e-9, "{dimension}");
        }
    }

    #[test]
    fn angles_invert_the_distribution() {
        for (cosines, sines) in [(0, 0), (1, 2), (38, 0), (37, 1), (4000, 2)] {
            let law = AngleLaw::new(cosines, sines);
            for share in [1.0 - 1e-9, 0.7, 1e-3, 1e-14] {
                let found = law.beyond(law.angle_beyond(share));
                // An angle near π/2 is known to rounding.
                assert!((found - share).abs() < 1e-11 * share + 2e-16, "{cosines} {sines} {share}: {found}");
            }
            // All is beyond 0, and as sin^q vanishes there, beyond what lies near it.
            assert!(law.angle_beyond(1.0) < 1e-5 && law.angle_beyond(2.0) < 1e-5);
        }
        let law = AngleLaw::new(38, 0);
        for g in [-7.0, -1.0, 0.0, 0.3, 4.0] {
            let found = law.signed_distribution(law.signed_of_normal(g));
            assert!((found - normal::distribution(g)).abs() < 1e-14, "{g}: {found}");
        }
        assert!(
            (law.signed_mass(-0.1, 0.2) + law.signed_mass(0.2, 2.0) - law.signed_distribution(0.1)).abs()
                < 1e-15
        );
    }
}
