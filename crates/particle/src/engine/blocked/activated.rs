//! Activations at numbers of either precision. The approximation of an activation is double precision's:
//! single precision is converted, not approximated anew.

use meanfield_kernel::lanes::Real;
use meanfield_model::activation::Activation;

/// Numbers converted at a time.
const FEW: usize = 64;

/// Numbers at which activations are evaluated.
pub trait Activated: Real {
    /// σ and σ' of many inputs.
    fn evaluate(activation: &Activation, z: &[Self], value: &mut [Self], slope: &mut [Self]);
}

impl Activated for f64 {
    #[inline(always)]
    fn evaluate(activation: &Activation, z: &[f64], value: &mut [f64], slope: &mut [f64]) {
        activation.evaluate(z, value, slope);
    }
}

impl Activated for f32 {
    /// By way of f64, a few at a time.
    #[inline(always)]
    fn evaluate(activation: &Activation, z: &[f32], value: &mut [f32], slope: &mut [f32]) {
        for ((z, value), slope) in z.chunks(FEW).zip(value.chunks_mut(FEW)).zip(slope.chunks_mut(FEW)) {
            let mut exact = [[0.0_f64; FEW]; 3];
            let [inputs, values, slopes] = exact.each_mut().map(|buffer| &mut buffer[..z.len()]);
            inputs.iter_mut().zip(z).for_each(|(to, from)| *to = f64::from(*from));
            activation.evaluate(inputs, values, slopes);
            value.iter_mut().zip(values).for_each(|(to, from)| *to = *from as f32);
            slope.iter_mut().zip(slopes).for_each(|(to, from)| *to = *from as f32);
        }
    }
}
