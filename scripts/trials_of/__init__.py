"""The project's own fault trials: see scripts/trials."""
import os

# A process just begun holds the locks of files that this one has open, for a moment: h5py is to take none.
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
