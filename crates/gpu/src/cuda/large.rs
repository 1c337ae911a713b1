//! One large network on the whole device: matrix products by cuBLAS, the steps between them by one launch
//! whose blocks of threads are all on the device at once. Networks of a crew take turns.

use std::sync::Arc;

use cudarc::cublas::result::CublasError;
use cudarc::cublas::sys::cublasOperation_t::{self, CUBLAS_OP_N, CUBLAS_OP_T};
use cudarc::cublas::{CudaBlas, Gemm, GemmConfig};
use cudarc::driver::{CudaFunction, CudaModule, CudaSlice, CudaStream, PushKernelArg};
use meanfield_model::unit::Unit;
use meanfield_random::counter::counter_word;
use ndarray::Array2;

use super::memory::{Real, download, grid, kernel, losses, upload};
use crate::kernel_source::KernelSource;
use crate::trainer::{DeviceError, LARGE_BLOCK, Losses, Shape, Slice, Trainer, place};

/// Threads of a block that draws.
const DRAWING: usize = 256;

impl From<CublasError> for DeviceError {
    fn from(error: CublasError) -> Self {
        Self(format!("the device: {error}"))
    }
}

/// Networks that have the device to themselves, one after the other.
pub(super) struct Large<R> {
    stream: Arc<CudaStream>,
    products: CudaBlas,
    draw: CudaFunction,
    steps: CudaFunction,
    source: KernelSource,
    /// (N, D).
    parameters: (usize, usize),
    /// Coordinates that a row of w (and b) meets.
    inputs: usize,
    /// Pairs of deviates of a sample, and its class.
    draws: usize,
    seeds: Vec<u64>,
    /// Networks one after the other, each coordinate by coordinate.
    weights: CudaSlice<R>,
    block: BlockMemory<R>,
}

/// What a block of steps needs of memory.
struct BlockMemory<R> {
    /// Inputs, step by step.
    x: CudaSlice<R>,
    /// ⟨x_k, x_j⟩.
    gram: CudaSlice<R>,
    /// ⟨w, x_k⟩ of all neurons, step by step; then what each step moves them by.
    z: CudaSlice<R>,
    labels: CudaSlice<R>,
    sizes: CudaSlice<R>,
    /// Sums of the blocks of threads, for each step.
    words: CudaSlice<u64>,
}

impl<R: Real> BlockMemory<R> {
    fn new(
        stream: &Arc<CudaStream>,
        (neurons, inputs): (usize, usize),
        blocks: usize,
    ) -> Result<Self, DeviceError> {
        Ok(Self {
            x: stream.alloc_zeros(LARGE_BLOCK * inputs)?,
            gram: stream.alloc_zeros(LARGE_BLOCK * LARGE_BLOCK)?,
            z: stream.alloc_zeros(LARGE_BLOCK * neurons)?,
            labels: stream.alloc_zeros(LARGE_BLOCK)?,
            sizes: stream.alloc_zeros(LARGE_BLOCK)?,
            words: stream.alloc_zeros(LARGE_BLOCK * blocks)?,
        })
    }
}

/// C ← A B + `beta` C of matrices that are stored column by column, transposed where it says so.
fn product<R: Real>(
    (transa, transb): (cublasOperation_t, cublasOperation_t),
    [m, n, k]: [usize; 3],
    [lda, ldb]: [usize; 2],
    beta: f64,
) -> GemmConfig<R> {
    let [m, n, k, lda, ldb] = [m, n, k, lda, ldb].map(|size| size as i32);
    let (alpha, beta) = (R::from_double(1.0), R::from_double(beta));
    GemmConfig { transa, transb, m, n, k, alpha, lda, ldb, beta, ldc: m }
}

impl<R: Real> Large<R>
where
    CudaBlas: Gemm<R>,
{
    /// Networks of these seeds, all of whose parameters are zero.
    pub fn new(
        stream: Arc<CudaStream>,
        module: &Arc<CudaModule>,
        source: KernelSource,
        shape: &Shape,
        seeds: &[u64],
    ) -> Result<Self, DeviceError> {
        let dimension = shape.data.dimension();
        let inputs = dimension + usize::from(shape.unit == Unit::Affine);
        let parameters = shape.parameters();
        Ok(Self {
            products: CudaBlas::new(Arc::clone(&stream))?,
            draw: kernel(module, "draw", 0)?,
            steps: kernel(module, "steps", source.shared_bytes)?,
            parameters,
            inputs,
            draws: dimension.div_ceil(2) + 1,
            seeds: seeds.to_vec(),
            weights: stream.alloc_zeros(seeds.len() * parameters.0 * parameters.1)?,
            block: BlockMemory::new(&stream, (parameters.0, inputs), source.blocks)?,
            source,
            stream,
        })
    }

    /// A block of steps of one network, the first of which follows `first` others; `counted` of them count.
    fn train_block(
        &mut self,
        member: usize,
        (first, purpose): (u64, u32),
        pushes: &[f64],
        counted: u32,
        error: &mut CudaSlice<f64>,
    ) -> Result<(), DeviceError> {
        self.draw(self.seeds[member], (first, purpose), pushes)?;
        self.look_ahead(member)?;
        self.stream.memset_zeros(&mut self.block.words)?;
        self.make_steps(member, counted, error)?;
        self.update(member)
    }

    /// The inputs of a block.
    fn draw(&mut self, seed: u64, (first, purpose): (u64, u32), pushes: &[f64]) -> Result<(), DeviceError> {
        let pushes = self.stream.clone_htod(pushes)?;
        let config = grid((LARGE_BLOCK * self.draws).div_ceil(DRAWING), DRAWING, 0);
        let mut launch = self.stream.launch_builder(&self.draw);
        launch.arg(&mut self.block.x).arg(&mut self.block.labels).arg(&mut self.block.sizes);
        launch.arg(&pushes).arg(&first).arg(&seed).arg(&purpose);
        // Writes inputs, labels and sizes of the steps of a block, and reads as many of `pushes`.
        #[allow(unsafe_code, reason = "arguments and sizes are those that the kernel's source declares")]
        unsafe {
            launch.launch(config)?;
        }
        Ok(())
    }

    /// G = Xᵀ X and Z = W X.
    fn look_ahead(&mut self, member: usize) -> Result<(), DeviceError> {
        let (neurons, inputs) = (self.parameters.0, self.inputs);
        let rows = self.rows(member);
        let BlockMemory { x, gram, z, .. } = &mut self.block;
        let square =
            product((CUBLAS_OP_T, CUBLAS_OP_N), [LARGE_BLOCK, LARGE_BLOCK, inputs], [inputs, inputs], 0.0);
        let outputs =
            product((CUBLAS_OP_N, CUBLAS_OP_N), [neurons, LARGE_BLOCK, inputs], [neurons, inputs], 0.0);
        // X has LARGE_BLOCK columns of `inputs` numbers, W as many of N, G and Z have LARGE_BLOCK columns.
        #[allow(unsafe_code, reason = "the matrices have the sizes that are stated")]
        unsafe {
            self.products.gemm(square, &*x, &*x, gram)?;
            self.products.gemm(outputs, &self.weights.slice(rows), &*x, z)?;
        }
        Ok(())
    }

    /// The steps one after the other; Z becomes C.
    fn make_steps(
        &mut self,
        member: usize,
        counted: u32,
        error: &mut CudaSlice<f64>,
    ) -> Result<(), DeviceError> {
        let config = grid(self.source.blocks, self.source.threads, self.source.shared_bytes);
        let numbers = place(self.parameters, member);
        let BlockMemory { gram, z, labels, sizes, words, .. } = &mut self.block;
        let mut outer = self.weights.slice_mut(numbers);
        let mut launch = self.stream.launch_builder(&self.steps);
        launch
            .arg(z)
            .arg(&mut outer)
            .arg(&*gram)
            .arg(&*labels)
            .arg(&*sizes)
            .arg(words)
            .arg(&counted)
            .arg(error);
        // There are no more blocks of threads than multiprocessors, or the launch is refused: they wait for
        // each other. They write Z and, where a is trained, the network's first N parameters.
        #[allow(unsafe_code, reason = "arguments and sizes are those that the kernel's source declares")]
        unsafe {
            launch.launch_cooperative(config)?;
        }
        Ok(())
    }

    /// W ← W + C Xᵀ.
    fn update(&mut self, member: usize) -> Result<(), DeviceError> {
        let (neurons, inputs) = (self.parameters.0, self.inputs);
        let rows = self.rows(member);
        let update =
            product((CUBLAS_OP_N, CUBLAS_OP_T), [neurons, inputs, LARGE_BLOCK], [neurons, inputs], 1.0);
        // C has LARGE_BLOCK columns of N numbers, W has `inputs` of them.
        #[allow(unsafe_code, reason = "the matrices have the sizes that are stated")]
        unsafe {
            self.products.gemm(update, &self.block.z, &self.block.x, &mut self.weights.slice_mut(rows))?;
        }
        Ok(())
    }

    /// Where w (and b) of a network lie: after a.
    fn rows(&self, member: usize) -> std::ops::Range<usize> {
        let all = place(self.parameters, member);
        all.end - self.inputs * self.parameters.0..all.end
    }
}

impl<R: Real> Trainer for Large<R>
where
    CudaBlas: Gemm<R>,
{
    fn train(&mut self, slice: &Slice) -> Result<Vec<Losses>, DeviceError> {
        let (purpose, table) = (counter_word(slice.purpose), slice.table(LARGE_BLOCK));
        let mut all = Vec::new();
        for member in slice.members {
            let mut error = self.stream.alloc_zeros::<f64>(2)?;
            for begin in (0..slice.padded_count(LARGE_BLOCK)).step_by(LARGE_BLOCK) {
                let pushes = &table[begin..begin + LARGE_BLOCK];
                let counted = (slice.steps.len() - begin).min(LARGE_BLOCK) as u32;
                self.train_block(
                    *member,
                    (slice.first + begin as u64, purpose),
                    pushes,
                    counted,
                    &mut error,
                )?;
            }
            all.push(losses(&self.stream.clone_dtoh(&error)?, slice));
        }
        Ok(all)
    }

    fn weights(&mut self, member: usize) -> Result<Array2<f64>, DeviceError> {
        let numbers = download(&self.stream, &self.weights, place(self.parameters, member))?;
        self.source.kind.network(self.parameters, numbers)
    }

    fn set_weights(&mut self, member: usize, weights: &Array2<f64>) -> Result<(), DeviceError> {
        let numbers = place(self.parameters, member);
        let ordered = self.source.kind.ordered(weights);
        upload(&self.stream, &mut self.weights, numbers, ordered.iter().copied())
    }
}
