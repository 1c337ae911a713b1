//! Random numbers for tests that are always the same: Box–Muller on a congruential generator. The crate
//! itself knows no random generator.

/// Deviates of N(0, 1) that are always the same: Box–Muller on a congruential generator.
pub struct Deviates(pub u64);

impl Deviates {
    /// Uniform on (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }
}
