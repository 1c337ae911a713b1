//! Crews on an NVIDIA device: driver and compiler are looked for at run time, the kernel is compiled for the
//! networks' sizes, weights stay on the device between launches. Many networks at once are launched here, one
//! large network in [`large`]; nothing else launches.

mod large;
mod memory;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::sys::CUdevice_attribute_enum::{
    CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT,
};
use cudarc::driver::{
    CudaContext, CudaFunction, CudaModule, CudaSlice, CudaStream, DriverError, PushKernelArg,
};
use cudarc::nvrtc::{CompileError, CompileOptions, Ptx, compile_ptx_with_opts};
use meanfield_particle::finite_network::Precision;
use meanfield_random::counter::counter_word;
use ndarray::Array2;

use crate::kernel_source::{DeviceTraits, KernelKind, KernelSource, kernel_for};
use crate::trainer::{DeviceError, Losses, Shape, Slice, Trainer, place};
use large::Large;
use memory::{download, grid, kernel, losses, upload};

/// Share of the device's free memory that networks may take.
const MEMORY: f64 = 0.9;

impl From<DriverError> for DeviceError {
    fn from(error: DriverError) -> Self {
        Self(format!("the device: {error}"))
    }
}

impl From<CompileError> for DeviceError {
    fn from(error: CompileError) -> Self {
        Self(format!("the kernel does not compile: {error}"))
    }
}

/// The first device, with all that is needed for kernels, and for products of large matrices where there are
/// any.
fn context(has_products: bool) -> Result<Arc<CudaContext>, DeviceError> {
    #[allow(unsafe_code, reason = "loads a library by its name, as the first call would; that call panics")]
    let has_driver = unsafe { cudarc::driver::sys::is_culib_present() };
    #[allow(unsafe_code, reason = "as above")]
    let has_compiler = unsafe { cudarc::nvrtc::sys::is_culib_present() };
    #[allow(unsafe_code, reason = "as above")]
    let has_products = !has_products || unsafe { cudarc::cublas::sys::is_culib_present() };
    let missing = match (has_driver, has_compiler, has_products) {
        (false, ..) => "no NVIDIA driver was found (libcuda): write device = \"cpu\", or go where one is",
        (_, false, _) => "NVRTC was not found (libnvrtc, of the CUDA toolkit): put it on LD_LIBRARY_PATH",
        (.., false) => "cuBLAS was not found (libcublas, of the CUDA toolkit): put it on LD_LIBRARY_PATH",
        _ => return CudaContext::new(0).map_err(DeviceError::from),
    };
    Err(DeviceError(missing.to_owned()))
}

/// The name of the first device, where it can train so many networks of a shape.
pub(crate) fn device_name(shape: &Shape, networks: usize) -> Result<String, DeviceError> {
    let context = context(shape.is_large())?;
    source_for(&context, shape)?;
    let (needed, held) = (shape.bytes(networks), context.mem_get_info()?.0 as f64);
    if needed > MEMORY * held {
        let [needed, held] = [needed, held].map(|bytes| 1e-9 * bytes);
        let what =
            format!("{networks} such networks need {needed:.1} GB, and the device has {held:.1} GB free");
        return Err(DeviceError(format!("{what}: write fewer seeds")));
    }
    Ok(context.name()?)
}

/// The kernel for networks of a shape on a device.
fn source_for(context: &Arc<CudaContext>, shape: &Shape) -> Result<KernelSource, DeviceError> {
    let capability = context.compute_capability()?;
    let has_matrix_unit = match shape.precision {
        Precision::Single => capability >= (8, 0),
        _ => matches!(capability, (9 | 10, 0)),
    };
    let most_shared = context.attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)? as usize;
    let multiprocessors = context.attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)? as usize;
    let source = kernel_for(shape, DeviceTraits { has_matrix_unit, most_shared, multiprocessors });
    if source.shared_bytes > most_shared {
        let what = format!("{} kB of shared memory, and the device has", source.shared_bytes / 1000);
        return Err(DeviceError(format!("such networks need {what} {} kB", most_shared / 1000)));
    }
    Ok(source)
}

/// A kernel that was compiled for a device.
#[derive(Clone)]
struct Compiled {
    source: KernelSource,
    capability: (i32, i32),
    ptx: Ptx,
}

/// Kernels of this process, so that the points of a sweep compile theirs once.
static KERNELS: Mutex<Vec<Compiled>> = Mutex::new(Vec::new());

/// The kernel of a source for devices of this capability.
fn compile(source: &KernelSource, capability: (i32, i32)) -> Result<Ptx, DeviceError> {
    let mut kernels = KERNELS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kernels.iter().find(|known| known.source == *source && known.capability == capability);
    if let Some(known) = known {
        return Ok(known.ptx.clone());
    }
    let architecture = format!("--gpu-architecture=compute_{}{}", capability.0, capability.1);
    let options = vec![architecture, "--std=c++17".to_owned()];
    let options = CompileOptions { options, ..CompileOptions::default() };
    let ptx = compile_ptx_with_opts(source.for_device(), options)?;
    kernels.push(Compiled { source: source.clone(), capability, ptx: ptx.clone() });
    Ok(ptx)
}

/// Weights of all networks, one after the other.
enum Weights {
    Double(CudaSlice<f64>),
    Single(CudaSlice<f32>),
}

/// The trainer of networks of these seeds on the first device, all of whose parameters are zero.
pub(crate) fn trainer(shape: &Shape, seeds: &[u64]) -> Result<Box<dyn Trainer>, DeviceError> {
    let context = context(shape.is_large())?;
    context.set_blocking_synchronize()?; // threads that wait leave their core to others
    let (source, capability) = (source_for(&context, shape)?, context.compute_capability()?);
    let module = context.load_module(compile(&source, capability)?)?;
    let stream = context.new_stream()?;
    Ok(match (source.kind, shape.precision) {
        (KernelKind::Large, Precision::Single) => {
            Box::new(Large::<f32>::new(stream, &module, source, shape, seeds)?)
        }
        (KernelKind::Large, _) => Box::new(Large::<f64>::new(stream, &module, source, shape, seeds)?),
        _ => Box::new(Ensemble::new(stream, &module, source, shape, seeds)?),
    })
}

/// Many networks at once, each a block of threads.
struct Ensemble {
    stream: Arc<CudaStream>,
    kernel: CudaFunction,
    source: KernelSource,
    parameters: (usize, usize),
    /// Steps that fill a block.
    block: usize,
    seeds: CudaSlice<u64>,
    weights: Weights,
}

impl Ensemble {
    fn new(
        stream: Arc<CudaStream>,
        module: &Arc<CudaModule>,
        source: KernelSource,
        shape: &Shape,
        seeds: &[u64],
    ) -> Result<Self, DeviceError> {
        let kernel = kernel(module, "train", source.shared_bytes)?;
        let parameters = shape.parameters();
        let count = seeds.len() * parameters.0 * parameters.1;
        let weights = match shape.precision {
            Precision::Single => Weights::Single(stream.alloc_zeros(count)?),
            _ => Weights::Double(stream.alloc_zeros(count)?),
        };
        let seeds = stream.clone_htod(seeds)?;
        Ok(Self { stream, kernel, source, parameters, block: shape.block(), seeds, weights })
    }
}

impl Trainer for Ensemble {
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError> {
        let blocks = (slice.padded_count(self.block) / self.source.steps) as u32;
        let members: Vec<u32> = slice.members.iter().map(|member| *member as u32).collect();
        let config = grid(members.len(), self.source.threads, self.source.shared_bytes);
        let (purpose, counted) = (counter_word(slice.purpose), slice.steps.len() as u32);
        let table = self.stream.clone_htod(&slice.table(self.block))?;
        let mut errors = self.stream.alloc_zeros::<f64>(2 * members.len())?;
        let members = self.stream.clone_htod(&members)?;
        let mut launch = self.stream.launch_builder(&self.kernel);
        match &mut self.weights {
            Weights::Double(weights) => launch.arg(weights),
            Weights::Single(weights) => launch.arg(weights),
        };
        launch.arg(&self.seeds).arg(&members).arg(&table).arg(&slice.first).arg(&blocks);
        launch.arg(&purpose).arg(&counted).arg(&mut errors);
        // The kernel reads the table of `blocks` blocks, and of `members` and `seeds` those of the grid; it
        // writes the weights of the members, each by its own block of threads, and two sums for each.
        #[allow(unsafe_code, reason = "arguments and sizes are those that the kernel's source declares")]
        unsafe {
            launch.launch(config)?;
        }
        let errors = self.stream.clone_dtoh(&errors)?;
        Ok(errors.chunks_exact(2).map(|sums| losses(sums, slice)).collect())
    }

    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError> {
        let own = place(self.parameters, member);
        let numbers = match &self.weights {
            Weights::Double(weights) => download(&self.stream, weights, own),
            Weights::Single(weights) => download(&self.stream, weights, own),
        }?;
        self.source.kind.network(self.parameters, numbers)
    }

    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError> {
        let own = place(self.parameters, member);
        let ordered = self.source.kind.ordered(weights);
        match &mut self.weights {
            Weights::Double(all) => upload(&self.stream, all, own, ordered.iter().copied()),
            Weights::Single(all) => upload(&self.stream, all, own, ordered.iter().copied()),
        }
    }
}
