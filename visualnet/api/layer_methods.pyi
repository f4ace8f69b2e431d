"""Every layer type as a method of a graph. Written from the declarations: python -m visualnet.api.publish.method_stubs."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from visualnet.api.graph import Value

Whole: TypeAlias = int | str
"""A whole number, or an expression such as ``"2*channels"``."""
Number: TypeAlias = float | str
"""A number, or an expression."""
Sizes: TypeAlias = Whole | Sequence[Whole]
"""One for each axis, or one for all."""

def no_layer(kind: str) -> str: ...

class LayerMethods:
    """Tensors come first, then the layer's figures in the order of its page or by name; ``name`` is that on the canvas."""

    def apply(self, kind: str, *given: Any, name: str = "", **params: Any) -> Value: ...

    @overload
    def input(self, *size: Whole, field: str = "image", dtype: Literal["float", "int"] = "float", name: str = "") -> Value:
        """What the network is shown: one field of the data set. Inside a block, one of the block's input ports.

        Args:
            field: Which field of the data set.
            size: Size of one sample, without the batch.
            dtype: What the numbers are.
        """
    @overload
    def input(self, *, size: Sizes = (1, 28, 28), field: str = "image", dtype: Literal["float", "int"] = "float", name: str = "") -> Value:
        ...

    @overload
    def target(self, *size: int, field: str = "label", dtype: Literal["float", "int"] = "int", name: str = "") -> Value:
        """What the network should answer: the label that a loss compares with. Not part of the exported model.

        Args:
            field: Which field of the data set.
            size: Size of one target, without the batch; empty for one class number per sample.
            dtype: What the numbers are.
        """
    @overload
    def target(self, *, size: Sizes = (), field: str = "label", dtype: Literal["float", "int"] = "int", name: str = "") -> Value:
        ...
    @overload
    def target(self, field: str, *size: Whole, dtype: Literal["float", "int"] = "int", name: str = "") -> Value:
        ...

    def output(self, x: Value, *, name: str = "") -> Value:
        """What the network answers. Inside a block, one of the block's output ports."""

    @overload
    def noise(self, like: Value, size: Sizes = (64,), distribution: Literal["normal", "uniform"] = "normal", *, name: str = "") -> Value:
        """Draw random numbers: what a generator makes its samples of.

        Args:
            size: How many numbers for each sample, without the batch.
            distribution: How they are spread.
        """
    @overload
    def noise(self, like: Value, *size: Whole, distribution: Literal["normal", "uniform"] = "normal", name: str = "") -> Value:
        ...

    def linear(self, x: Value, out_features: Whole = 64, bias: bool = True, *, name: str = "") -> Value:
        """Mix all features: every output is a weighted sum of every input, plus a bias.

        Args:
            out_features: Number of outputs per position.
            bias: Add a learned constant to each output.
        """

    def embedding(self, indices: Value, num_embeddings: Whole = 1000, embedding_dim: Whole = 64, padding_idx: Whole | None = None, *, name: str = "") -> Value:
        """Look each whole number up in a table of learned vectors: words become points in space.

        Args:
            num_embeddings: Size of the vocabulary: indices go from 0 to one less.
            embedding_dim: Length of each vector.
            padding_idx: The index whose vector stays zero (padding).
        """

    def embedding_bag(self, indices: Value, num_embeddings: Whole = 1000, embedding_dim: Whole = 64, mode: Literal["mean", "sum", "max"] = "mean", *, name: str = "") -> Value:
        """Look words up in a table of learned vectors and mix them at once: a text without word order.

        Args:
            num_embeddings: Size of the vocabulary: indices go from 0 to one less.
            embedding_dim: Length of the vector.
            mode: How words are mixed.
        """

    def bilinear(self, x1: Value, x2: Value, out_features: Whole = 16, bias: bool = True, *, name: str = "") -> Value:
        """Weigh every pair of a feature of one tensor and a feature of another: what matters is how they meet.

        Args:
            out_features: Number of outputs per position.
            bias: Add a learned constant to each output.
        """

    def rbf(self, x: Value, out_features: Whole = 32, spread: Number = 1.0, width: Number = 1.0, *, name: str = "") -> Value:
        """Answer how near the input is to each of some points: 1 at a centre, 0 far away.

        Args:
            out_features: How many centres.
            spread: Standard deviation of the first centres.
            width: First width σ of every bump.
        """

    def kohonen(self, x: Value, rows: Whole = 8, columns: Whole = 8, radius: Number = 3.0, last_radius: Number = 0.5, shrinking: Whole = 1000, *, name: str = "") -> Value:
        """Find the unit of a map that is most like the input. Neighbours on the map learn together, so that like comes to lie beside like.

        Args:
            rows: Height of the map.
            columns: Width of the map.
            radius: How far, in units, neighbours learn along at first.
            last_radius: How far at last.
            shrinking: Within so many steps of training the radius shrinks.
        """

    def hopfield(self, x: Value, sweeps: Whole = 5, *, name: str = "") -> Value:
        """Recall a stored pattern of +1 and −1 from a damaged one: every unit follows the others, one after the other, until all agree.

        Args:
            sweeps: How often each unit is asked at most.
        """

    def rbm(self, x: Value, hidden_features: Whole = 64, k: Whole = 1, chains: Whole = 0, *, name: str = "") -> Value:
        """Learn which numbers from 0 to 1 occur together, without labels: hidden units say what was seen, and imagine it again.

        Args:
            hidden_features: How many hidden units.
            k: So many steps of Gibbs sampling lead from the data to what is imagined.
            chains: States of its own that wander on from batch to batch beside the data; 0: it begins at the data each time.
        """

    def boltzmann(self, x: Value, hidden_features: Whole = 64, k: Whole = 1, *, name: str = "") -> Value:
        """Units that are 0 or 1 by chance, each joined to each: the machine learns to imagine what it is shown.

        Args:
            hidden_features: How many hidden units.
            k: So many steps of Gibbs sampling lead from the data to what is imagined.
        """

    def conv2d(self, image: Value, out_channels: Whole = 32, kernel_size: Sizes = (3, 3), stride: Sizes = (1, 1), padding: Sizes = (0, 0), dilation: Sizes = (1, 1), groups: Whole = 1, bias: bool = True, padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros", *, name: str = "") -> Value:
        """Slide learned filters over an image; each filter yields one output channel.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far the filter moves each time.
            padding: Cells added at each side.
            dilation: Distance between the filter's taps.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            padding_mode: What the padding holds.
        """

    def conv1d(self, signal: Value, out_channels: Whole = 32, kernel_size: Sizes = (3,), stride: Sizes = (1,), padding: Sizes = (0,), dilation: Sizes = (1,), groups: Whole = 1, bias: bool = True, padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros", *, name: str = "") -> Value:
        """Slide learned filters along a line: a sound, a time series, the words of a text.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far the filter moves each time.
            padding: Cells added at each side.
            dilation: Distance between the filter's taps.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            padding_mode: What the padding holds.
        """

    def conv_transpose2d(self, image: Value, out_channels: Whole = 32, kernel_size: Sizes = (2, 2), stride: Sizes = (2, 2), padding: Sizes = (0, 0), output_padding: Sizes = (0, 0), groups: Whole = 1, bias: bool = True, dilation: Sizes = (1, 1), *, name: str = "") -> Value:
        """Enlarge an image with learned filters: every input cell paints a whole filter into the output.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far apart the input cells are painted.
            padding: Cells cut off at each side of the result.
            output_padding: Cells added at one side of the result.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            dilation: Distance between the filter's taps.
        """

    @overload
    def pad(self, x: Value, pad: Sizes = (1, 1), mode: Literal["constant", "reflect", "replicate", "circular"] = "constant", value: Number = 0.0, *, name: str = "") -> Value:
        """Put a border around a line, an image or a volume, or with negative numbers cut one off.

        Args:
            pad: Cells before and after, the last axis first; negative ones are cut off.
            mode: What the border holds.
            value: The value, if constant.
        """
    @overload
    def pad(self, x: Value, *pad: Whole, mode: Literal["constant", "reflect", "replicate", "circular"] = "constant", value: Number = 0.0, name: str = "") -> Value:
        ...

    def conv3d(self, volume: Value, out_channels: Whole = 32, kernel_size: Sizes = (3, 3, 3), stride: Sizes = (1, 1, 1), padding: Sizes = (0, 0, 0), dilation: Sizes = (1, 1, 1), groups: Whole = 1, bias: bool = True, padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros", *, name: str = "") -> Value:
        """Slide learned filters through a volume: a film, a scan.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far the filter moves each time.
            padding: Cells added at each side.
            dilation: Distance between the filter's taps.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            padding_mode: What the padding holds.
        """

    def conv_transpose1d(self, signal: Value, out_channels: Whole = 32, kernel_size: Sizes = (2,), stride: Sizes = (2,), padding: Sizes = (0,), output_padding: Sizes = (0,), groups: Whole = 1, bias: bool = True, dilation: Sizes = (1,), *, name: str = "") -> Value:
        """Lengthen a line with learned filters: every input cell paints a whole filter into the output.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far apart the input cells are painted.
            padding: Cells cut off at each side of the result.
            output_padding: Cells added at one side of the result.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            dilation: Distance between the filter's taps.
        """

    def conv_transpose3d(self, volume: Value, out_channels: Whole = 32, kernel_size: Sizes = (2, 2, 2), stride: Sizes = (2, 2, 2), padding: Sizes = (0, 0, 0), output_padding: Sizes = (0, 0, 0), groups: Whole = 1, bias: bool = True, dilation: Sizes = (1, 1, 1), *, name: str = "") -> Value:
        """Enlarge a volume with learned filters: every input cell paints a whole filter into the output.

        Args:
            out_channels: Number of learned filters.
            kernel_size: Extent of the filter.
            stride: How far apart the input cells are painted.
            padding: Cells cut off at each side of the result.
            output_padding: Cells added at one side of the result.
            groups: Channels are split into so many separate convolutions.
            bias: Add a learned constant to each output channel.
            dilation: Distance between the filter's taps.
        """

    @overload
    def invertible_conv(self, x: Value, *, log_det: Value = ..., name: str = "") -> Value:
        """Mix the channels of each place by one square matrix that can be inverted: a permutation that is learned."""
    @overload
    def invertible_conv(self, x: Value, log_det: Value, *, name: str = "") -> Value:
        ...

    @overload
    def unfold(self, image: Value, kernel_size: Sizes = (2, 2), dilation: Sizes = (1, 1), padding: Sizes = (0, 0), stride: Sizes = (1, 1), *, name: str = "") -> Value:
        """Cut an image into patches, each laid out as one column: what a convolution multiplies its filters with.

        Args:
            kernel_size: Extent of a patch.
            dilation: Distance between a patch's cells.
            padding: Cells of zero added at each side.
            stride: How far from patch to patch.
        """
    @overload
    def unfold(self, image: Value, *kernel_size: Whole, dilation: Sizes = (1, 1), padding: Sizes = (0, 0), stride: Sizes = (1, 1), name: str = "") -> Value:
        ...

    @overload
    def fold(self, patches: Value, output_size: Sizes = (8, 8), kernel_size: Sizes = (2, 2), dilation: Sizes = (1, 1), padding: Sizes = (0, 0), stride: Sizes = (1, 1), *, name: str = "") -> Value:
        """Lay patches back into an image; where they overlap, they are added. Unfold the other way round.

        Args:
            output_size: Size of the image.
            kernel_size: Extent of a patch.
            dilation: Distance between a patch's cells.
            padding: Cells at each side that are cut off again.
            stride: How far from patch to patch.
        """
    @overload
    def fold(self, patches: Value, *output_size: Whole, kernel_size: Sizes = (2, 2), dilation: Sizes = (1, 1), padding: Sizes = (0, 0), stride: Sizes = (1, 1), name: str = "") -> Value:
        ...

    @overload
    def max_pool2d(self, image: Value, kernel_size: Sizes = (2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0), dilation: Sizes = (1, 1), ceil_mode: bool = False, return_indices: bool = False, *, name: str = "") -> Value:
        """Keep the largest value of each window; the image shrinks, strong responses stay.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells added at each side.
            dilation: Distance between the window's taps.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            return_indices: Tell also where each maximum stood, for MaxUnpool.
        """
    @overload
    def max_pool2d(self, image: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0), dilation: Sizes = (1, 1), ceil_mode: bool = False, return_indices: bool = False, name: str = "") -> Value:
        ...

    @overload
    def avg_pool2d(self, image: Value, kernel_size: Sizes = (2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0), ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Whole | None = None, *, name: str = "") -> Value:
        """Take the mean of each window; the image shrinks and is smoothed.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells of zero added at each side.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            count_include_pad: Count the padding's zeros in the mean.
            divisor_override: Divide each window's sum by this.
        """
    @overload
    def avg_pool2d(self, image: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0), ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Whole | None = None, name: str = "") -> Value:
        ...

    @overload
    def adaptive_avg_pool2d(self, image: Value, output_size: Sizes = (1, 1), *, name: str = "") -> Value:
        """Average the image down to a size that you choose, whatever size arrives; 1×1 is global average pooling.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_avg_pool2d(self, image: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def adaptive_max_pool2d(self, image: Value, output_size: Sizes = (1, 1), *, name: str = "") -> Value:
        """Keep the largest values so that a size that you choose comes out; 1×1 is global maximum pooling.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_max_pool2d(self, image: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def max_unpool2d(self, features: Value, indices: Value, kernel_size: Sizes = (2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0), output_size: Sizes | None = None, *, name: str = "") -> Value:
        """Put each value back where the pooling took it from, and zeros everywhere else.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells that the pooling had added.
            output_size: Size that comes out, where the pooling's rounding left a choice.
        """
    @overload
    def max_unpool2d(self, features: Value, indices: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0), output_size: Sizes | None = None, name: str = "") -> Value:
        ...

    @overload
    def lp_pool2d(self, image: Value, kernel_size: Sizes = (2, 2), stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, *, name: str = "") -> Value:
        """Take the length of each window's values: with p = 2 (L2 pooling) the root of the sum of squares.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            norm_type: The power p.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
        """
    @overload
    def lp_pool2d(self, image: Value, *kernel_size: Whole, stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, name: str = "") -> Value:
        ...

    @overload
    def fractional_max_pool2d(self, image: Value, kernel_size: Sizes = (2, 2), output_size: Sizes = (1, 1), *, name: str = "") -> Value:
        """Keep the largest value of windows laid at random, so that an image can shrink by less than a half.

        Args:
            kernel_size: Extent of the window.
            output_size: Size that comes out.
        """
    @overload
    def fractional_max_pool2d(self, image: Value, *kernel_size: Whole, output_size: Sizes = (1, 1), name: str = "") -> Value:
        ...

    def upsample(self, x: Value, scale_factor: Number = 2.0, size: Sizes | None = None, mode: Literal["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"] = "nearest", align_corners: bool = False, *, name: str = "") -> Value:
        """Enlarge (or shrink) by a factor or to a size, copying cells or drawing lines between them; nothing is learned.

        Args:
            scale_factor: How many times larger along each axis.
            size: Size that comes out, instead of a factor.
            mode: How new cells are filled.
            align_corners: Corners stay on corners (linear and cubic modes).
        """

    def pixel_shuffle(self, image: Value, upscale_factor: Whole = 2, *, name: str = "") -> Value:
        """Lay r² channels out as one image r times as high and wide: how super-resolution ends.

        Args:
            upscale_factor: Factor r: how many times higher and wider.
        """

    def pixel_unshuffle(self, image: Value, downscale_factor: Whole = 2, *, name: str = "") -> Value:
        """Halve an image without losing a number: each r×r neighbours become r² channels (invertible pooling, squeeze).

        Args:
            downscale_factor: Factor r: how many times lower and narrower.
        """

    @overload
    def max_pool1d(self, signal: Value, kernel_size: Sizes = (2,), stride: Sizes | None = None, padding: Sizes = (0,), dilation: Sizes = (1,), ceil_mode: bool = False, return_indices: bool = False, *, name: str = "") -> Value:
        """Keep the largest value of each window along a line.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells added at each side.
            dilation: Distance between the window's taps.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            return_indices: Tell also where each maximum stood, for MaxUnpool.
        """
    @overload
    def max_pool1d(self, signal: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0,), dilation: Sizes = (1,), ceil_mode: bool = False, return_indices: bool = False, name: str = "") -> Value:
        ...

    @overload
    def avg_pool1d(self, signal: Value, kernel_size: Sizes = (2,), stride: Sizes | None = None, padding: Sizes = (0,), ceil_mode: bool = False, count_include_pad: bool = True, *, name: str = "") -> Value:
        """Take the mean of each window along a line.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells of zero added at each side.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            count_include_pad: Count the padding's zeros in the mean.
        """
    @overload
    def avg_pool1d(self, signal: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0,), ceil_mode: bool = False, count_include_pad: bool = True, name: str = "") -> Value:
        ...

    @overload
    def adaptive_avg_pool1d(self, signal: Value, output_size: Sizes = (1,), *, name: str = "") -> Value:
        """Average a line down to a length that you choose; 1 is global average pooling.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_avg_pool1d(self, signal: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def adaptive_max_pool1d(self, signal: Value, output_size: Sizes = (1,), *, name: str = "") -> Value:
        """Keep the largest values of a line so that a chosen length comes out; 1 is global maximum pooling.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_max_pool1d(self, signal: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def lp_pool1d(self, signal: Value, kernel_size: Sizes = (2,), stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, *, name: str = "") -> Value:
        """Take the length of the values in each window along a line.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            norm_type: The power p.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
        """
    @overload
    def lp_pool1d(self, signal: Value, *kernel_size: Whole, stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, name: str = "") -> Value:
        ...

    @overload
    def max_unpool1d(self, features: Value, indices: Value, kernel_size: Sizes = (2,), stride: Sizes | None = None, padding: Sizes = (0,), output_size: Sizes | None = None, *, name: str = "") -> Value:
        """Put each value back where the pooling took it from, and zeros everywhere else, along a line.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells that the pooling had added.
            output_size: Size that comes out, where the pooling's rounding left a choice.
        """
    @overload
    def max_unpool1d(self, features: Value, indices: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0,), output_size: Sizes | None = None, name: str = "") -> Value:
        ...

    @overload
    def max_pool3d(self, volume: Value, kernel_size: Sizes = (2, 2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0, 0), dilation: Sizes = (1, 1, 1), ceil_mode: bool = False, return_indices: bool = False, *, name: str = "") -> Value:
        """Keep the largest value of each window of a volume.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells added at each side.
            dilation: Distance between the window's taps.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            return_indices: Tell also where each maximum stood, for MaxUnpool.
        """
    @overload
    def max_pool3d(self, volume: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0, 0), dilation: Sizes = (1, 1, 1), ceil_mode: bool = False, return_indices: bool = False, name: str = "") -> Value:
        ...

    @overload
    def avg_pool3d(self, volume: Value, kernel_size: Sizes = (2, 2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0, 0), ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Whole | None = None, *, name: str = "") -> Value:
        """Take the mean of each window of a volume.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells of zero added at each side.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
            count_include_pad: Count the padding's zeros in the mean.
            divisor_override: Divide each window's sum by this.
        """
    @overload
    def avg_pool3d(self, volume: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0, 0), ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Whole | None = None, name: str = "") -> Value:
        ...

    @overload
    def adaptive_avg_pool3d(self, volume: Value, output_size: Sizes = (1, 1, 1), *, name: str = "") -> Value:
        """Average a volume down to a size that you choose; 1×1×1 is global average pooling.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_avg_pool3d(self, volume: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def adaptive_max_pool3d(self, volume: Value, output_size: Sizes = (1, 1, 1), *, name: str = "") -> Value:
        """Keep the largest values of a volume so that a chosen size comes out.

        Args:
            output_size: Size that comes out.
        """
    @overload
    def adaptive_max_pool3d(self, volume: Value, *output_size: Whole, name: str = "") -> Value:
        ...

    @overload
    def lp_pool3d(self, volume: Value, kernel_size: Sizes = (2, 2, 2), stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, *, name: str = "") -> Value:
        """Take the length of the values in each window of a volume.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            norm_type: The power p.
            ceil_mode: Round sizes up, so that cells at the far edge are read too.
        """
    @overload
    def lp_pool3d(self, volume: Value, *kernel_size: Whole, stride: Sizes | None = None, norm_type: Number = 2.0, ceil_mode: bool = False, name: str = "") -> Value:
        ...

    @overload
    def max_unpool3d(self, features: Value, indices: Value, kernel_size: Sizes = (2, 2, 2), stride: Sizes | None = None, padding: Sizes = (0, 0, 0), output_size: Sizes | None = None, *, name: str = "") -> Value:
        """Put each value back where the pooling took it from, and zeros everywhere else, in a volume.

        Args:
            kernel_size: Extent of the window.
            stride: How far the window moves.
            padding: Cells that the pooling had added.
            output_size: Size that comes out, where the pooling's rounding left a choice.
        """
    @overload
    def max_unpool3d(self, features: Value, indices: Value, *kernel_size: Whole, stride: Sizes | None = None, padding: Sizes = (0, 0, 0), output_size: Sizes | None = None, name: str = "") -> Value:
        ...

    @overload
    def fractional_max_pool3d(self, volume: Value, kernel_size: Sizes = (2, 2, 2), output_size: Sizes = (1, 1, 1), *, name: str = "") -> Value:
        """Keep the largest value of windows laid at random, so that a volume can shrink by less than a half.

        Args:
            kernel_size: Extent of the window.
            output_size: Size that comes out.
        """
    @overload
    def fractional_max_pool3d(self, volume: Value, *kernel_size: Whole, output_size: Sizes = (1, 1, 1), name: str = "") -> Value:
        ...

    def channel_shuffle(self, x: Value, groups: Whole = 2, *, name: str = "") -> Value:
        """Deal the channels out anew, so that what grouped convolutions kept apart meets in the next one.

        Args:
            groups: How many groups.
        """

    def relu(self, x: Value, *, name: str = "") -> Value:
        """Let positive numbers pass and set negative ones to zero."""

    def leaky_relu(self, x: Value, negative_slope: Number = 0.01, *, name: str = "") -> Value:
        """Let positive numbers pass and shrink negative ones, so that no unit is ever dead.

        Args:
            negative_slope: Slope for negative numbers.
        """

    def elu(self, x: Value, alpha: Number = 1.0, *, name: str = "") -> Value:
        """Let positive numbers pass and bend negative ones smoothly towards −alpha.

        Args:
            alpha: Where negative numbers saturate: at −alpha.
        """

    def gelu(self, x: Value, approximate: Literal["none", "tanh"] = "none", *, name: str = "") -> Value:
        """Weigh each number by the chance that a normal one is smaller: a smooth ReLU, usual in transformers.

        Args:
            approximate: How Φ is computed.
        """

    def silu(self, x: Value, *, name: str = "") -> Value:
        """Weigh each number by its own sigmoid: smooth, and slightly negative just below zero."""

    def sigmoid(self, x: Value, *, name: str = "") -> Value:
        """Squash each number to between 0 and 1: the chance of “yes”."""

    def tanh(self, x: Value, *, name: str = "") -> Value:
        """Squash each number to between −1 and 1."""

    def softmax(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Turn scores into probabilities: all positive, adding to 1 along one axis.

        Args:
            dim: Axis along which they add to 1 (1 is the first after the batch, −1 the last).
        """

    def prelu(self, x: Value, num_parameters: Whole = 1, init: Number = 0.25, *, name: str = "") -> Value:
        """Let positive numbers pass and shrink negative ones by a slope that is learned.

        Args:
            num_parameters: Slopes: 1, or the number of channels.
            init: First slope.
        """

    def log_softmax(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Turn scores into logarithms of probabilities, without rounding small ones to zero.

        Args:
            dim: Axis along which they are compared (1 is the first after the batch, −1 the last).
        """

    def softmin(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Turn distances into probabilities: the smaller, the likelier; adding to 1 along one axis.

        Args:
            dim: Axis along which they are compared (1 is the first after the batch, −1 the last).
        """

    def mish(self, x: Value, *, name: str = "") -> Value:
        """A smooth ReLU that dips slightly below zero before it rises."""

    def relu6(self, x: Value, *, name: str = "") -> Value:
        """A ReLU that stops at 6, so that few bits are enough for its numbers."""

    def hardswish(self, x: Value, *, name: str = "") -> Value:
        """SiLU (swish) drawn with straight lines: nearly the same, and quick to compute."""

    def hardsigmoid(self, x: Value, *, name: str = "") -> Value:
        """The sigmoid drawn with three straight lines."""

    def hardtanh(self, x: Value, min_val: Number = -1.0, max_val: Number = 1.0, *, name: str = "") -> Value:
        """Cut numbers off below and above.

        Args:
            min_val: Smallest number that comes out.
            max_val: Largest number that comes out.
        """

    def selu(self, x: Value, *, name: str = "") -> Value:
        """An ELU scaled so that layer after layer keeps mean 0 and deviation 1 by itself."""

    def celu(self, x: Value, alpha: Number = 1.0, *, name: str = "") -> Value:
        """An ELU whose slope has no jump at zero, whatever alpha is.

        Args:
            alpha: Where negative numbers saturate: at −alpha.
        """

    def softplus(self, x: Value, beta: Number = 1.0, threshold: Number = 20.0, *, name: str = "") -> Value:
        """A ReLU with a rounded corner; always above zero, so it suits deviations and rates.

        Args:
            beta: How sharp the corner is.
            threshold: From where on it is the straight line.
        """

    def softsign(self, x: Value, *, name: str = "") -> Value:
        """Squash each number to between −1 and 1, more slowly than tanh."""

    def log_sigmoid(self, x: Value, *, name: str = "") -> Value:
        """The logarithm of the sigmoid, without rounding small ones to zero."""

    def glu(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Halve the features: the second half, squashed, decides how much of the first passes.

        Args:
            dim: Axis that is halved (1 is the first after the batch, −1 the last).
        """

    def threshold(self, x: Value, threshold: Number = 0.0, value: Number = 0.0, *, name: str = "") -> Value:
        """Let numbers above a threshold pass and set all others to one value.

        Args:
            threshold: What passes is above this.
            value: What all others become.
        """

    def tanhshrink(self, x: Value, *, name: str = "") -> Value:
        """Take tanh away from each number: small ones nearly vanish, large ones shrink by 1."""

    def softshrink(self, x: Value, lambd: Number = 0.5, *, name: str = "") -> Value:
        """Bring every number nearer to zero by lambd; what would pass zero becomes zero.

        Args:
            lambd: By how much.
        """

    def hardshrink(self, x: Value, lambd: Number = 0.5, *, name: str = "") -> Value:
        """Set small numbers to zero and let large ones pass unchanged.

        Args:
            lambd: What counts as small.
        """

    def rrelu(self, x: Value, lower: Number = 0.125, upper: Number = 0.333, *, name: str = "") -> Value:
        """Let positive numbers pass and shrink negative ones by a slope that is drawn anew for each while training.

        Args:
            lower: Smallest slope.
            upper: Largest slope.
        """

    def batch_norm2d(self, image: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, name: str = "") -> Value:
        """Bring each channel of an image to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def batch_norm1d(self, x: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, name: str = "") -> Value:
        """Bring each feature to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def layer_norm(self, x: Value, axes: Whole = 1, eps: Number = 1e-05, elementwise_affine: bool = True, bias: bool = True, *, name: str = "") -> Value:
        """Bring each sample's features to mean 0 and deviation 1, on their own, then scale and shift them as learned.

        Args:
            axes: How many of the last axes are normalized together.
            eps: Added to the variance, so that nothing is divided by zero.
            elementwise_affine: Learn a scale γ (and shift β) for each number.
            bias: Learn the shift β too.
        """

    def dropout(self, x: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Set a random share of the numbers to zero while training, so that no unit is relied on alone.

        Args:
            p: Share set to zero.
        """

    def dropout2d(self, image: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Set whole random channels of an image to zero while training.

        Args:
            p: Share of the channels set to zero.
        """

    def group_norm(self, x: Value, num_groups: Whole = 4, eps: Number = 1e-05, affine: bool = True, *, name: str = "") -> Value:
        """Bring groups of channels of each sample to mean 0 and deviation 1, then scale and shift each channel as learned.

        Args:
            num_groups: Groups of channels that are normalized together.
            eps: Added to the variance, so that nothing is divided by zero.
            affine: Learn a scale γ and a shift β for each channel.
        """

    def rms_norm(self, x: Value, axes: Whole = 1, eps: Number = 1e-06, elementwise_affine: bool = True, *, name: str = "") -> Value:
        """Divide each sample's features by their typical size, then scale them as learned: a layer norm without the mean.

        Args:
            axes: How many of the last axes are normalized together.
            eps: Added to the variance, so that nothing is divided by zero.
            elementwise_affine: Learn a scale γ for each number.
        """

    def instance_norm2d(self, image: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = False, track_running_stats: bool = False, *, name: str = "") -> Value:
        """Bring each channel of each image to mean 0 and deviation 1 on its own: contrast goes, structure stays.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def local_response_norm(self, x: Value, size: Whole = 5, alpha: Number = 0.0001, beta: Number = 0.75, k: Number = 1.0, *, name: str = "") -> Value:
        """Damp each channel by its neighbours at the same place: strong ones inhibit weak ones, as in the eye.

        Args:
            size: Channels that damp one another.
            alpha: How strongly.
            beta: The power.
            k: Added, so that nothing is divided by zero.
        """

    def stochastic_depth(self, x: Value, p: Number = 0.1, *, name: str = "") -> Value:
        """Set all of a random sample to zero while training: put on a residual branch, that sample skips the branch.

        Args:
            p: Share of the samples set to zero.
        """

    def gaussian_noise(self, x: Value, std: Number = 0.1, *, name: str = "") -> Value:
        """Add random numbers while training, so that the network learns not to mind small changes.

        Args:
            std: Deviation of the noise.
        """

    @overload
    def affine_coupling(self, x: Value, net: Value, bound: Number = 3.0, *, log_det: Value = ..., name: str = "") -> Value:
        """Scale and shift one half of the numbers by what a network says of the other half: easily undone, whatever the network.

        Args:
            bound: The scale s stays between −bound and bound: bound·tanh(s / bound).
        """
    @overload
    def affine_coupling(self, x: Value, net: Value, log_det: Value, bound: Number = 3.0, *, name: str = "") -> Value:
        ...

    def instance_norm1d(self, signal: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = False, track_running_stats: bool = False, *, name: str = "") -> Value:
        """Bring each channel of each line to mean 0 and deviation 1 on its own.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def instance_norm3d(self, volume: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = False, track_running_stats: bool = False, *, name: str = "") -> Value:
        """Bring each channel of each volume to mean 0 and deviation 1 on its own.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def batch_norm3d(self, volume: Value, eps: Number = 1e-05, momentum: Number | None = 0.1, affine: bool = True, track_running_stats: bool = True, *, name: str = "") -> Value:
        """Bring each channel of a volume to mean 0 and deviation 1 over the batch, then scale and shift it as learned.

        Args:
            eps: Added to the variance, so that nothing is divided by zero.
            momentum: Share of the newest batch in the running statistics; left empty, all batches count alike.
            affine: Learn a scale γ and a shift β for each channel.
            track_running_stats: Keep running statistics, and use them when not training.
        """

    def dropout1d(self, signal: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Set whole random channels of a line to zero while training.

        Args:
            p: Share of the channels set to zero.
        """

    def dropout3d(self, volume: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Set whole random channels of a volume to zero while training.

        Args:
            p: Share of the channels set to zero.
        """

    def alpha_dropout(self, x: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Drop numbers to SELU's negative limit instead of zero while training, so that mean and deviation stay.

        Args:
            p: Share that is dropped.
        """

    def feature_alpha_dropout(self, x: Value, p: Number = 0.5, *, name: str = "") -> Value:
        """Drop whole random channels to SELU's negative limit while training, so that mean and deviation stay.

        Args:
            p: Share of the channels that is dropped.
        """

    @overload
    def act_norm(self, x: Value, *, log_det: Value = ..., name: str = "") -> Value:
        """Scale and shift each channel as learned; the first batch in training sets both, so that mean is 0 and deviation 1."""
    @overload
    def act_norm(self, x: Value, log_det: Value, *, name: str = "") -> Value:
        ...

    @overload
    def dequantize(self, x: Value, levels: Whole = 256, *, log_det: Value = ..., name: str = "") -> Value:
        """Spread numbers of few levels (pixels from 0 to 1) over the whole range, so that a density of them makes sense.

        Args:
            levels: How many values a number can have.
        """
    @overload
    def dequantize(self, x: Value, log_det: Value, levels: Whole = 256, *, name: str = "") -> Value:
        ...

    @overload
    def rnn(self, x: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, nonlinearity: Literal["tanh", "relu"] = "tanh", *, h_0: Value = ..., lengths: Value = ..., name: str = "") -> Value:
        """Read a sequence step by step, mixing each new entry with what is remembered.

        Args:
            hidden_size: Numbers remembered from step to step.
            num_layers: Layers stacked on each other.
            bias: Add learned constants.
            dropout: Share set to zero between stacked layers while training.
            bidirectional: Read a second time from the end, and put both results side by side.
            packed: Take each sample's number of steps as a further input: what is behind its last step is not read, its output there is 0.
            truncate: Back-propagation goes back within so many steps: after each of them the state goes on, its gradient does not. 0: through all.
            nonlinearity: What squashes the mix.
        """
    @overload
    def rnn(self, x: Value, h_0: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, nonlinearity: Literal["tanh", "relu"] = "tanh", *, lengths: Value = ..., name: str = "") -> Value:
        ...

    @overload
    def lstm(self, x: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, *, h_0: Value = ..., c_0: Value = ..., lengths: Value = ..., name: str = "") -> Value:
        """Read a sequence with a memory cell whose gates decide what to forget, take in and show.

        Args:
            hidden_size: Numbers remembered from step to step.
            num_layers: Layers stacked on each other.
            bias: Add learned constants.
            dropout: Share set to zero between stacked layers while training.
            bidirectional: Read a second time from the end, and put both results side by side.
            packed: Take each sample's number of steps as a further input: what is behind its last step is not read, its output there is 0.
            truncate: Back-propagation goes back within so many steps: after each of them the state goes on, its gradient does not. 0: through all.
        """
    @overload
    def lstm(self, x: Value, h_0: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, *, c_0: Value = ..., lengths: Value = ..., name: str = "") -> Value:
        ...
    @overload
    def lstm(self, x: Value, h_0: Value, c_0: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, *, lengths: Value = ..., name: str = "") -> Value:
        ...

    @overload
    def gru(self, x: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, *, h_0: Value = ..., lengths: Value = ..., name: str = "") -> Value:
        """Read a sequence with two gates, one that renews the memory and one that resets it: a lighter LSTM.

        Args:
            hidden_size: Numbers remembered from step to step.
            num_layers: Layers stacked on each other.
            bias: Add learned constants.
            dropout: Share set to zero between stacked layers while training.
            bidirectional: Read a second time from the end, and put both results side by side.
            packed: Take each sample's number of steps as a further input: what is behind its last step is not read, its output there is 0.
            truncate: Back-propagation goes back within so many steps: after each of them the state goes on, its gradient does not. 0: through all.
        """
    @overload
    def gru(self, x: Value, h_0: Value, hidden_size: Whole = 128, num_layers: Whole = 1, bias: bool = True, dropout: Number = 0.0, bidirectional: bool = False, packed: bool = False, truncate: Whole = 0, *, lengths: Value = ..., name: str = "") -> Value:
        ...

    def sequence_lengths(self, indices: Value, padding_idx: Whole = 0, *, name: str = "") -> Value:
        """Count the words of each text, for recurrent layers that read no further: the places up to the last that holds one.

        Args:
            padding_idx: The word that stands for nothing.
        """

    @overload
    def rnn_cell(self, x: Value, hidden_size: Whole = 128, bias: bool = True, nonlinearity: Literal["tanh", "relu"] = "tanh", *, h_0: Value = ..., name: str = "") -> Value:
        """One step of an RNN: mix one new entry with what is remembered.

        Args:
            hidden_size: Numbers that are remembered.
            bias: Add learned constants.
            nonlinearity: What squashes the mix.
        """
    @overload
    def rnn_cell(self, x: Value, h_0: Value, hidden_size: Whole = 128, bias: bool = True, nonlinearity: Literal["tanh", "relu"] = "tanh", *, name: str = "") -> Value:
        ...

    @overload
    def lstm_cell(self, x: Value, hidden_size: Whole = 128, bias: bool = True, *, h_0: Value = ..., c_0: Value = ..., name: str = "") -> Value:
        """One step of an LSTM: gates decide what to forget, take in and show.

        Args:
            hidden_size: Numbers that are remembered.
            bias: Add learned constants.
        """
    @overload
    def lstm_cell(self, x: Value, h_0: Value, hidden_size: Whole = 128, bias: bool = True, *, c_0: Value = ..., name: str = "") -> Value:
        ...
    @overload
    def lstm_cell(self, x: Value, h_0: Value, c_0: Value, hidden_size: Whole = 128, bias: bool = True, *, name: str = "") -> Value:
        ...

    @overload
    def gru_cell(self, x: Value, hidden_size: Whole = 128, bias: bool = True, *, h_0: Value = ..., name: str = "") -> Value:
        """One step of a GRU: one gate renews the memory, one resets it.

        Args:
            hidden_size: Numbers that are remembered.
            bias: Add learned constants.
        """
    @overload
    def gru_cell(self, x: Value, h_0: Value, hidden_size: Whole = 128, bias: bool = True, *, name: str = "") -> Value:
        ...

    def spiking(self, x: Value, hidden_size: Whole = 128, decay: Number = 0.8, fade: Number = 0.8, connected: Number = 0.1, gain: Number = 1.0, *, name: str = "") -> Value:
        """Leaky neurons wired by chance, which add up what they hear and fire when it is more than 1.

        Args:
            hidden_size: How many neurons.
            decay: What is left of a potential after a step without any input.
            fade: What is left of a trace after a step without a spike.
            connected: Share of the pairs of neurons that are joined at first.
            gain: How strongly the input is heard at first: the standard deviation of the sum for inputs of deviation 1.
        """

    def turing(self, x: Value, hidden_size: Whole = 64, rows: Whole = 16, width: Whole = 8, *, name: str = "") -> Value:
        """Read a sequence with a memory beside the network, which it writes and reads by attention.

        Args:
            hidden_size: Numbers that the controller remembers by itself.
            rows: Rows of the memory: so many places to write to.
            width: Numbers in a row of the memory.
        """

    @overload
    def multihead_attention(self, query: Value, num_heads: Whole = 4, dropout: Number = 0.0, bias: bool = True, causal: bool = False, padding_mask: bool = False, *, key: Value = ..., value: Value = ..., key_padding_mask: Value = ..., name: str = "") -> Value:
        """Let every place of a sequence look at every other and take over what fits, in several heads at once.

        Args:
            num_heads: Heads that look independently; they share the features.
            dropout: Share of the attention weights set to zero while training.
            bias: Add learned constants in the projections.
            causal: Each place sees only itself and earlier ones, as when a text is written.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
        """
    @overload
    def multihead_attention(self, query: Value, key: Value, num_heads: Whole = 4, dropout: Number = 0.0, bias: bool = True, causal: bool = False, padding_mask: bool = False, *, value: Value = ..., key_padding_mask: Value = ..., name: str = "") -> Value:
        ...
    @overload
    def multihead_attention(self, query: Value, key: Value, value: Value, num_heads: Whole = 4, dropout: Number = 0.0, bias: bool = True, causal: bool = False, padding_mask: bool = False, *, key_padding_mask: Value = ..., name: str = "") -> Value:
        ...

    def learned_positions(self, x: Value, max_length: Whole = 512, *, name: str = "") -> Value:
        """Add a learned vector to each place of a sequence, since attention alone cannot tell first from last.

        Args:
            max_length: Longest sequence that it can mark.
        """

    def sinusoidal_positions(self, x: Value, max_length: Whole = 512, *, name: str = "") -> Value:
        """Add sines and cosines of many wavelengths to each place of a sequence: a clock with many hands.

        Args:
            max_length: Longest sequence that it can mark.
        """

    def class_token(self, x: Value, *, name: str = "") -> Value:
        """Put one learned vector before a sequence; attention gathers in it what the whole is about."""

    def scaled_dot_product_attention(self, query: Value, key: Value, value: Value, causal: bool = False, num_heads: Whole = 1, *, name: str = "") -> Value:
        """Let every query gather values, weighed by how well their keys match it. Nothing is learned here.

        Args:
            causal: Each place sees only itself and earlier ones, as when a text is written.
            num_heads: Heads that the features are cut into; they are joined again behind.
        """

    def transformer_encoder_layer(self, x: Value, nhead: Whole = 4, dim_feedforward: Whole = 256, dropout: Number = 0.1, activation: Literal["relu", "gelu"] = "relu", layer_norm_eps: Number = 1e-05, norm_first: bool = False, bias: bool = True, padding_mask: bool = False, causal: bool = False, *, key_padding_mask: Value = ..., name: str = "") -> Value:
        """One storey of a transformer: self-attention, then two dense layers, each with a shortcut and a normalization.

        Args:
            nhead: Heads that look independently; they share the features.
            dim_feedforward: Width of the two dense layers' middle.
            dropout: Share set to zero while training.
            activation: Between the dense layers.
            layer_norm_eps: Added to the variance.
            norm_first: Normalize before attention and dense layers, not after.
            bias: Learn constants in every part.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
            causal: Each place sees only itself and earlier ones, as when a text is written.
        """

    def transformer_decoder_layer(self, x: Value, memory: Value, nhead: Whole = 4, dim_feedforward: Whole = 256, dropout: Number = 0.1, activation: Literal["relu", "gelu"] = "relu", layer_norm_eps: Number = 1e-05, norm_first: bool = False, bias: bool = True, padding_mask: bool = False, causal: bool = True, *, key_padding_mask: Value = ..., memory_key_padding_mask: Value = ..., name: str = "") -> Value:
        """One storey of a transformer's decoder: self-attention, a look at the encoder's memory, then two dense layers.

        Args:
            nhead: Heads that look independently; they share the features.
            dim_feedforward: Width of the two dense layers' middle.
            dropout: Share set to zero while training.
            activation: Between the dense layers.
            layer_norm_eps: Added to the variance.
            norm_first: Normalize before attention and dense layers, not after.
            bias: Learn constants in every part.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
            causal: Each place sees only itself and earlier ones, as when a text is written.
        """

    def transformer_encoder(self, x: Value, nhead: Whole = 4, dim_feedforward: Whole = 256, dropout: Number = 0.1, activation: Literal["relu", "gelu"] = "relu", layer_norm_eps: Number = 1e-05, norm_first: bool = False, bias: bool = True, padding_mask: bool = False, num_layers: Whole = 2, final_norm: bool = True, causal: bool = False, *, key_padding_mask: Value = ..., name: str = "") -> Value:
        """A stack of transformer encoder layers in one node: what BERT is, or (with causal) GPT.

        Args:
            nhead: Heads that look independently; they share the features.
            dim_feedforward: Width of the two dense layers' middle.
            dropout: Share set to zero while training.
            activation: Between the dense layers.
            layer_norm_eps: Added to the variance.
            norm_first: Normalize before attention and dense layers, not after.
            bias: Learn constants in every part.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
            num_layers: Storeys on each other.
            final_norm: Normalize once more behind the last storey.
            causal: Each place sees only itself and earlier ones, as when a text is written.
        """

    def transformer_decoder(self, x: Value, memory: Value, nhead: Whole = 4, dim_feedforward: Whole = 256, dropout: Number = 0.1, activation: Literal["relu", "gelu"] = "relu", layer_norm_eps: Number = 1e-05, norm_first: bool = False, bias: bool = True, padding_mask: bool = False, num_layers: Whole = 2, final_norm: bool = True, causal: bool = True, *, key_padding_mask: Value = ..., memory_key_padding_mask: Value = ..., name: str = "") -> Value:
        """A stack of transformer decoder layers in one node; each looks at the encoder's memory.

        Args:
            nhead: Heads that look independently; they share the features.
            dim_feedforward: Width of the two dense layers' middle.
            dropout: Share set to zero while training.
            activation: Between the dense layers.
            layer_norm_eps: Added to the variance.
            norm_first: Normalize before attention and dense layers, not after.
            bias: Learn constants in every part.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
            num_layers: Storeys on each other.
            final_norm: Normalize once more behind the last storey.
            causal: Each place sees only itself and earlier ones, as when a text is written.
        """

    def transformer(self, source: Value, target: Value, nhead: Whole = 4, dim_feedforward: Whole = 256, dropout: Number = 0.1, activation: Literal["relu", "gelu"] = "relu", layer_norm_eps: Number = 1e-05, norm_first: bool = False, bias: bool = True, padding_mask: bool = False, num_encoder_layers: Whole = 2, num_decoder_layers: Whole = 2, causal: bool = True, *, source_padding_mask: Value = ..., target_padding_mask: Value = ..., name: str = "") -> Value:
        """A whole transformer in one node: the encoder reads the source, the decoder writes the target with a look at it.

        Args:
            nhead: Heads that look independently; they share the features.
            dim_feedforward: Width of the two dense layers' middle.
            dropout: Share set to zero while training.
            activation: Between the dense layers.
            layer_norm_eps: Added to the variance.
            norm_first: Normalize before attention and dense layers, not after.
            bias: Learn constants in every part.
            padding_mask: Take a mask of the places that hold nothing and are not looked at (from Padding mask).
            num_encoder_layers: Storeys of the encoder.
            num_decoder_layers: Storeys of the decoder.
            causal: Each place sees only itself and earlier ones, as when a text is written.
        """

    def padding_mask(self, indices: Value, padding_idx: Whole = 0, *, name: str = "") -> Value:
        """Mark the places of a text that hold nothing, so that attention does not look at them.

        Args:
            padding_idx: The word that stands for nothing.
        """

    def add(self, *values: Value, inputs: Whole = 2, name: str = "") -> Value:
        """Add tensors number by number: where a residual shortcut comes back in.

        Args:
            inputs: How many tensors come in.
        """

    def multiply(self, *values: Value, inputs: Whole = 2, name: str = "") -> Value:
        """Multiply tensors number by number: a gate lets some through and holds others back.

        Args:
            inputs: How many tensors come in.
        """

    def subtract(self, x1: Value, x2: Value, *, name: str = "") -> Value:
        """Take one tensor from another, number by number."""

    def divide(self, x1: Value, x2: Value, *, name: str = "") -> Value:
        """Divide one tensor by another, number by number."""

    def matmul(self, x1: Value, x2: Value, *, name: str = "") -> Value:
        """Multiply matrices: each row of the first with each column of the second."""

    def concatenate(self, *values: Value, inputs: Whole = 2, dim: Whole = 1, name: str = "") -> Value:
        """Put tensors behind one another along one axis: channels of several branches side by side.

        Args:
            inputs: How many tensors come in.
            dim: Axis along which they are joined (1 is the first after the batch: channels).
        """

    def stack(self, *values: Value, inputs: Whole = 2, dim: Whole = 1, name: str = "") -> Value:
        """Put tensors of one size side by side along a new axis.

        Args:
            inputs: How many tensors come in.
            dim: Where the new axis stands (1 is the first after the batch).
        """

    def scale(self, x: Value, scale: Number = 1.0, shift: Number = 0.0, *, name: str = "") -> Value:
        """Multiply every number by one constant and add another.

        Args:
            scale: The factor.
            shift: What is added.
        """

    def exp(self, x: Value, *, name: str = "") -> Value:
        """Raise e to each number: a logarithm becomes what it is the logarithm of."""

    def log(self, x: Value, *, name: str = "") -> Value:
        """The natural logarithm of each number."""

    def power(self, x: Value, exponent: Number = 2.0, *, name: str = "") -> Value:
        """Raise each number to a power: 2 squares it, 0.5 takes the root, −1 the inverse.

        Args:
            exponent: The power.
        """

    def gaussian_sample(self, mean: Value, log_var: Value, *, name: str = "") -> Value:
        """Draw from a normal distribution whose mean and variance are computed, so that both can still learn."""

    def python(self, x: Value, source: str = ..., sizes: str = "x: C * -> y: C *", arguments: str = "channels=C", tensors: str = "scale: C", numbers: Sizes | None = None, mac_count: str = "0", *, name: str = "") -> Value:
        """Run a module of your own, written in Python with torch.

        Args:
            source: The class. torch, nn, F, math, operator and Tensor are there; other modules can be imported.
            sizes: What comes in and goes out, such as C H W -> C H//2 W//2; ! is one number for the batch, as a loss is.
            arguments: What the class is made with, in the names of axes and numbers.
            tensors: What it learns, by name and size; @buffer for what is only saved.
            numbers: Called p1, p2, … in the lines above; here the project's constants and a block's parameters may be named.
            mac_count: Its multiplications for one sample.
        """

    def permutation(self, x: Value, order: Literal["reversed", "dealt"] = "reversed", seed: Whole = 0, *, name: str = "") -> Value:
        """Put the channels in another order that stays, so that couplings change other ones next time. Volumes stay: log|det| = 0.

        Args:
            order: The new order.
            seed: Another seed, another order, where they are dealt out.
        """

    @overload
    def mean(self, x: Value, dim: Sizes = (1,), keepdim: bool = False, *, name: str = "") -> Value:
        """Average over one axis or several: over time, over patches, over the image.

        Args:
            dim: Axes that vanish (1 is the first after the batch).
            keepdim: Keep the axes, with extent 1.
        """
    @overload
    def mean(self, x: Value, *dim: Whole, keepdim: bool = False, name: str = "") -> Value:
        ...

    @overload
    def sum(self, x: Value, dim: Sizes = (1,), keepdim: bool = False, *, name: str = "") -> Value:
        """Add up over one axis or several.

        Args:
            dim: Axes that vanish (1 is the first after the batch).
            keepdim: Keep the axes, with extent 1.
        """
    @overload
    def sum(self, x: Value, *dim: Whole, keepdim: bool = False, name: str = "") -> Value:
        ...

    @overload
    def max(self, x: Value, dim: Sizes = (1,), keepdim: bool = False, *, name: str = "") -> Value:
        """Keep the largest number along one axis or several: the strongest response over time.

        Args:
            dim: Axes that vanish (1 is the first after the batch).
            keepdim: Keep the axes, with extent 1.
        """
    @overload
    def max(self, x: Value, *dim: Whole, keepdim: bool = False, name: str = "") -> Value:
        ...

    def normalize(self, x: Value, p: Number = 2.0, dim: Whole = -1, *, name: str = "") -> Value:
        """Scale vectors to length 1, so that only their direction counts.

        Args:
            p: Which length: 2 is the usual one, 1 the sum of sizes.
            dim: Axis of the vectors (1 is the first after the batch, −1 the last).
        """

    def cosine_similarity(self, x1: Value, x2: Value, dim: Whole = -1, eps: Number = 1e-08, *, name: str = "") -> Value:
        """Compare the directions of two vectors: 1 for the same, 0 for a right angle, −1 for opposite ones.

        Args:
            dim: Axis of the vectors (1 is the first after the batch, −1 the last).
            eps: Smallest length that is divided by.
        """

    def flatten(self, x: Value, start_dim: Whole = 1, end_dim: Whole = -1, *, name: str = "") -> Value:
        """Lay the axes from start_dim to end_dim out in one row, so that dense layers can read an image.

        Args:
            start_dim: First axis to merge; 0 is the batch.
            end_dim: Last axis to merge; −1 is the last.
        """

    @overload
    def reshape(self, x: Value, size: Sizes = (-1,), *, name: str = "") -> Value:
        """Read the same numbers, in the same order, as a tensor of another size.

        Args:
            size: New size without the batch; one entry may be −1.
        """
    @overload
    def reshape(self, x: Value, *size: Whole, name: str = "") -> Value:
        ...

    @overload
    def permute(self, x: Value, dims: Sizes = (2, 1), *, name: str = "") -> Value:
        """Put the axes in another order: (2, 1) turns C×L into L×C.

        Args:
            dims: The old axes (1, 2, …) in their new order.
        """
    @overload
    def permute(self, x: Value, *dims: Whole, name: str = "") -> Value:
        ...

    def select(self, x: Value, dim: Whole = 1, index: Whole = -1, *, name: str = "") -> Value:
        """Take one entry along an axis: the last time step (−1), the class token (0).

        Args:
            dim: Axis to take from (1 is the first after the batch).
            index: Which entry; 0 is the first, −1 the last.
        """

    def identity(self, x: Value, *, name: str = "") -> Value:
        """Pass everything on unchanged: a place for a name, a watch point, or the straight way of a shortcut."""

    def slice(self, x: Value, dim: Whole = 1, start: Whole = 0, stop: Whole | None = None, step: Whole = 1, *, name: str = "") -> Value:
        """Cut a part out along an axis: the first words, every second frame, the middle of a line.

        Args:
            dim: Axis to cut (1 is the first after the batch).
            start: First entry.
            stop: First entry that is left out.
            step: How far from one entry to the next.
        """

    def split(self, x: Value, sections: Whole = 2, dim: Whole = 1, *, name: str = "") -> Value:
        """Cut a tensor into equal parts along an axis, each with its own output.

        Args:
            sections: How many parts.
            dim: Axis to cut (1 is the first after the batch).
        """

    def squeeze(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Take away an axis of extent 1.

        Args:
            dim: Axis that goes (1 is the first after the batch, −1 the last).
        """

    def unsqueeze(self, x: Value, dim: Whole = 1, *, name: str = "") -> Value:
        """Put in an axis of extent 1: a grey image gets its channel.

        Args:
            dim: Where the new axis stands (1 is the first after the batch).
        """

    def one_hot(self, indices: Value, num_classes: Whole = 10, *, name: str = "") -> Value:
        """Turn each class number into a row of zeros with a single 1.

        Args:
            num_classes: Number of classes: indices go from 0 to one less.
        """

    def pick(self, values: Value, index: Value, *, name: str = "") -> Value:
        """Take one of K values, the one whose number is given: what the action that was taken is worth."""

    def maximum(self, *values: Value, inputs: Whole = 2, name: str = "") -> Value:
        """Keep the larger of the numbers that meet.

        Args:
            inputs: How many tensors come in.
        """

    def minimum(self, *values: Value, inputs: Whole = 2, name: str = "") -> Value:
        """Keep the smaller of the numbers that meet.

        Args:
            inputs: How many tensors come in.
        """

    def abs(self, x: Value, *, name: str = "") -> Value:
        """The size of each number, without its sign."""

    def random_interpolate(self, x1: Value, x2: Value, *, name: str = "") -> Value:
        """Choose for each sample a random point on the line from one tensor to the other: where a gradient penalty looks."""

    @overload
    def min(self, x: Value, dim: Sizes = (1,), keepdim: bool = False, *, name: str = "") -> Value:
        """Keep the smallest number along one axis or several.

        Args:
            dim: Axes that vanish (1 is the first after the batch).
            keepdim: Keep the axes, with extent 1.
        """
    @overload
    def min(self, x: Value, *dim: Whole, keepdim: bool = False, name: str = "") -> Value:
        ...

    def argmax(self, x: Value, dim: Whole = -1, *, name: str = "") -> Value:
        """Tell where the largest number stands: the class or word that is chosen.

        Args:
            dim: Axis that is searched (1 is the first after the batch, −1 the last).
        """

    def pairwise_distance(self, x1: Value, x2: Value, p: Number = 2.0, eps: Number = 1e-06, *, name: str = "") -> Value:
        """How far two vectors are apart, along the last axis.

        Args:
            p: Which length: 2 is the usual one, 1 the sum of sizes.
            eps: Added, so that the slope at zero is finite.
        """

    def detach(self, x: Value, *, name: str = "") -> Value:
        """Pass everything on unchanged, but let no gradient back: what stands before it does not learn by what stands behind it."""

    @overload
    def repeat(self, x: Value, repeats: Sizes = (2,), *, name: str = "") -> Value:
        """Lay copies of a tensor behind one another along its axes.

        Args:
            repeats: How often along each axis.
        """
    @overload
    def repeat(self, x: Value, *repeats: Whole, name: str = "") -> Value:
        ...

    @overload
    def expand(self, x: Value, size: Sizes = (-1,), *, name: str = "") -> Value:
        """Repeat axes of extent 1 up to a size, without copying anything.

        Args:
            size: New size without the batch; −1 leaves an axis as it is.
        """
    @overload
    def expand(self, x: Value, *size: Whole, name: str = "") -> Value:
        ...

    @overload
    def flip(self, x: Value, dims: Sizes = (1,), *, name: str = "") -> Value:
        """Turn axes round: the last entry comes first.

        Args:
            dims: Axes to turn (1 is the first after the batch).
        """
    @overload
    def flip(self, x: Value, *dims: Whole, name: str = "") -> Value:
        ...

    @overload
    def constant(self, like: Value, size: Sizes = (1,), value: Number = 0.0, *, name: str = "") -> Value:
        """A tensor of one number for every sample: zeros to start from, ones to subtract from.

        Args:
            size: Size without the batch.
            value: The number.
        """
    @overload
    def constant(self, like: Value, *size: Whole, value: Number = 0.0, name: str = "") -> Value:
        ...

    def cross_entropy(self, logits: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, ignore_index: Whole = -100, class_weights: Number | Sequence[Number] | None = (), label_smoothing: Number = 0.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How surprised the network is by the right class, averaged over all that is asked.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            class_weights: How much each class counts, in their order (torch's weight); empty: all alike.
            label_smoothing: Share of certainty given to all classes alike.
        """

    def bce_with_logits(self, logits: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, pos_weight: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How surprised the network is by yes or no, from raw logits: the sigmoid is inside.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            pos_weight: How much more a yes counts than a no, where there are few.
        """

    def bce(self, probability: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How surprised the network is by yes or no, from probabilities (after a sigmoid).

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def mse(self, prediction: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """The mean of the squared differences: large errors count much more than small ones.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def l1(self, prediction: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """The mean of the absolute differences: outliers weigh no more than their size.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def huber(self, prediction: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, delta: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Squared for small differences, straight for large ones: calm near the answer, robust to outliers.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            delta: Where it turns from squared to straight.
        """

    def nll(self, log_probabilities: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, ignore_index: Whole = -100, class_weights: Number | Sequence[Number] | None = (), *, sample_weight: Value = ..., name: str = "") -> Value:
        """How surprised the network is by the right class, from logarithms of probabilities.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            class_weights: How much each class counts, in their order (torch's weight); empty: all alike.
        """

    def kl_divergence(self, log_probabilities: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How far one distribution is from another: the bits wasted by believing the wrong one.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def kl_normal(self, mean: Value, log_var: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How far computed normal distributions are from N(0, 1): keeps the latent space of a VAE round.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def dice_loss(self, probability: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, smooth: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """One minus the overlap of two masks: small objects count as much as large ones.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            smooth: Added above and below, so that empty masks agree.
        """

    def value_loss(self, x: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """What arrives is itself what is to be made small: its mean is the loss, and may be negative.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def accuracy(self, logits: Value, target: Value, ignore_index: Whole = -100, *, name: str = "") -> Value:
        """Share of targets whose largest logit is the right class: 1 is perfect, 1/K is guessing.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
        """

    def binary_accuracy(self, x: Value, target: Value, ignore_index: Whole = -100, threshold: Number = 0.0, *, name: str = "") -> Value:
        """Share of yes-or-no answers that are right: 1 is perfect.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            threshold: What is larger means yes: 0 for logits, 0.5 for probabilities.
        """

    def top_k_accuracy(self, logits: Value, target: Value, ignore_index: Whole = -100, k: Whole = 5, *, name: str = "") -> Value:
        """Share of targets whose right class is among the k largest logits.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            k: How many guesses count.
        """

    def mae(self, prediction: Value, target: Value, *, name: str = "") -> Value:
        """How far the answers are off on average, in the target's own unit."""

    def precision(self, logits: Value, target: Value, ignore_index: Whole = -100, only_class: Whole | None = None, *, name: str = "") -> Value:
        """Of what was called a class, the share that is one: mean over the classes.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            only_class: Tell this class alone, by its number; else the mean over all that occur.
        """

    def recall(self, logits: Value, target: Value, ignore_index: Whole = -100, only_class: Whole | None = None, *, name: str = "") -> Value:
        """Of what is a class, the share that was found: mean over the classes.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            only_class: Tell this class alone, by its number; else the mean over all that occur.
        """

    def f1(self, logits: Value, target: Value, ignore_index: Whole = -100, only_class: Whole | None = None, *, name: str = "") -> Value:
        """Precision and recall in one number: mean over the classes.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            only_class: Tell this class alone, by its number; else the mean over all that occur.
        """

    def iou(self, logits: Value, target: Value, ignore_index: Whole = -100, only_class: Whole | None = None, *, name: str = "") -> Value:
        """Overlap of answer and truth, divided by what both cover together: mean over the classes.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            only_class: Tell this class alone, by its number; else the mean over all that occur.
        """

    def dice(self, logits: Value, target: Value, ignore_index: Whole = -100, only_class: Whole | None = None, *, name: str = "") -> Value:
        """Twice the overlap of answer and truth, divided by the sum of their areas: mean over the classes.

        Args:
            ignore_index: A target of this number is not asked (a word without a mask, a place without a label): it counts in nothing.
            only_class: Tell this class alone, by its number; else the mean over all that occur.
        """

    def flow_nll(self, z: Value, log_det: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """How unlikely a flow finds the samples, in nats: small where it maps them to where N(0, 1) is dense without squeezing them there.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def bits_per_dim(self, z: Value, log_det: Value, levels: Whole = 256, *, name: str = "") -> Value:
        """How many bits a number of a sample takes under the flow: comparable between sizes of images; log2(levels) is no better than guessing.

        Args:
            levels: How many values a number could have.
        """

    def boundary_weights(self, mask: Value, border_weight: Number = 10.0, sigma: Number = 5.0, *, name: str = "") -> Value:
        """Weigh each pixel of a mask by how near it is to another class, for the sample_weight of a loss: borders count most.

        Args:
            border_weight: How much more a pixel at a border counts.
            sigma: How far from a border that reaches.
        """

    def smooth_l1(self, prediction: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, beta: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Squared for small differences, straight for large ones; Huber's loss divided by beta.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            beta: Where it turns from squared to straight.
        """

    def hinge(self, scores: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, margin: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """The right class must beat every other one by a margin; then nothing more is asked.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            margin: By how much.
        """

    def poisson_nll(self, log_rate: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """For counts: how surprising the count is, given the logarithm of the rate.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def triplet(self, anchor: Value, positive: Value, negative: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, margin: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Of three vectors, the one of the same kind must be nearer than the other one, by a margin.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            margin: By how much nearer.
        """

    def cosine_embedding(self, x1: Value, x2: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, margin: Number = 0.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Turn two vectors the same way where they belong together, and apart where they do not.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            margin: How alike strangers may be.
        """

    def hinge_embedding(self, distance: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, margin: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Make distances small where the target is 1, and at least a margin where it is −1.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            margin: How far strangers must be apart.
        """

    def margin_ranking(self, x1: Value, x2: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, margin: Number = 0.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Of two scores, the right one must be larger: the first where the target is 1, the second where it is −1.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            margin: By how much.
        """

    def soft_margin(self, scores: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Logistic loss for targets that are written 1 and −1.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def multilabel_soft_margin(self, logits: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Several labels may be right at once: yes or no for each of K, from raw logits.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def multilabel_margin(self, scores: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """Every right label must beat every wrong one by 1. The target lists the right labels, then −1.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
        """

    def gaussian_nll(self, mean: Value, log_var: Value, target: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, full: bool = False, *, sample_weight: Value = ..., name: str = "") -> Value:
        """For regression that also says how sure it is: how surprising the target is, given a mean and a variance.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            full: Add the constant ½·log 2π.
        """

    def gradient_penalty(self, score: Value, x: Value, weight: Number = 1.0, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", sample_weights: bool = False, target: Number = 1.0, *, sample_weight: Value = ..., name: str = "") -> Value:
        """The slope of a critic's score at its input must have this length: what keeps a Wasserstein GAN's critic from growing steep.

        Args:
            weight: Its share when several losses are added. May be negative; arithmetic in the constants is understood.
            reduction: What becomes of the values of a batch.
            sample_weights: Take a weight for each sample, or for each of its values (pixels, words), as a further input: mean = Σ w·L / Σ w.
            target: The length that the gradient is to have.
        """
