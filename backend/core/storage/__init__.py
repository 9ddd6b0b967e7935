"""Files that people send: decoded to be sure, cleaned of metadata, stored by content, read by permission.

A photo belongs to nobody but its uploader until an action attaches it to something; from then on it is read under the
permission of that.
"""

from backend.core.storage.files import FolderStorage, Storage, StorageAway, write_whole
from backend.core.storage.photos import (
    CleanPhoto,
    Photo,
    PhotoMissing,
    PhotoTaken,
    PhotoView,
    attach_photos,
    clean_photo,
    keep_photo,
    photo,
    photo_bytes,
    photos_of,
)
from backend.core.storage.pictures import (
    LONGEST_SIDE,
    MEMORY_LIMIT,
    PHOTO_LIMIT,
    PIXEL_LIMIT,
    NotAPhoto,
    PhotoTooLarge,
)

__all__ = [
    "LONGEST_SIDE", "MEMORY_LIMIT", "PHOTO_LIMIT", "PIXEL_LIMIT",
    "CleanPhoto", "FolderStorage", "NotAPhoto", "Photo", "PhotoMissing", "PhotoTaken", "PhotoTooLarge", "PhotoView",
    "Storage", "StorageAway",
    "attach_photos", "clean_photo", "keep_photo", "photo", "photo_bytes", "photos_of", "write_whole",
]  # fmt: skip
