"""All features, in the order in which their docks are tabbed and their actions stand in menus. Leave one out, and it is gone."""

from __future__ import annotations

from visualnet.app.features.about_network.feature import FEATURE as ABOUT_NETWORK
from visualnet.app.features.attention.feature import FEATURE as ATTENTION
from visualnet.app.features.backprop.feature import FEATURE as BACKPROP
from visualnet.app.features.blocks.feature import FEATURE as BLOCKS
from visualnet.app.features.capsules.feature import FEATURE as CAPSULES
from visualnet.app.features.cluster_and_queue.feature import FEATURE as ELSEWHERE
from visualnet.app.features.code.feature import FEATURE as CODE
from visualnet.app.features.comparison.feature import FEATURE as COMPARISON
from visualnet.app.features.dashboard.feature import FEATURE as DASHBOARD
from visualnet.app.features.data_page.feature import FEATURE as DATA_PAGE
from visualnet.app.features.differences.feature import FEATURE as DIFFERENCES
from visualnet.app.features.estimates.feature import FEATURE as FINDING
from visualnet.app.features.evaluation.feature import FEATURE as EVALUATION
from visualnet.app.features.experiments.feature import FEATURE as EXPERIMENTS
from visualnet.app.features.feature import Feature
from visualnet.app.features.feature_maps.feature import FEATURE as FEATURE_MAPS
from visualnet.app.features.feeds.feature import FEATURE as FEEDS
from visualnet.app.features.generate.feature import FEATURE as GENERATE
from visualnet.app.features.heatmap.feature import FEATURE as HEATMAP
from visualnet.app.features.history.feature import FEATURE as HISTORY
from visualnet.app.features.inspector.feature import FEATURE as INSPECTOR
from visualnet.app.features.learner_map.feature import FEATURE as LEARNER_MAP
from visualnet.app.features.lessons.feature import FEATURE as LESSONS
from visualnet.app.features.map_sizes.feature import FEATURE as MAP_SIZES
from visualnet.app.features.palette.feature import FEATURE as PALETTE
from visualnet.app.features.pictures.feature import FEATURE as PICTURES
from visualnet.app.features.play.feature import FEATURE as PLAY
from visualnet.app.features.points.feature import FEATURE as POINTS
from visualnet.app.features.presentation.feature import FEATURE as PRESENTATION
from visualnet.app.features.problems.feature import FEATURE as PROBLEMS
from visualnet.app.features.recipe.feature import FEATURE as RECIPE
from visualnet.app.features.reference.feature import FEATURE as REFERENCE
from visualnet.app.features.run_list.feature import FEATURE as RUN_LIST
from visualnet.app.features.runs.feature import FEATURE as RUNS
from visualnet.app.features.search.feature import FEATURE as SEARCH
from visualnet.app.features.see_inside.feature import FEATURE as SEE_INSIDE
from visualnet.app.features.start_from.feature import FEATURE as START_FROM
from visualnet.app.features.start_page.feature import FEATURE as START_PAGE
from visualnet.app.features.training.feature import FEATURE as TRAINING
from visualnet.app.features.training_place.feature import FEATURE as TRAINING_PLACE
from visualnet.app.features.try_it.feature import FEATURE as TRY_IT
from visualnet.app.features.writing.feature import FEATURE as WRITING
from visualnet.app.features.zoo.feature import FEATURE as ZOO

FEATURES: tuple[Feature, ...] = (
    PALETTE,
    INSPECTOR,
    RECIPE,
    DATA_PAGE,
    PROBLEMS,
    TRAINING,
    RUNS,
    EVALUATION,
    FEATURE_MAPS,
    ATTENTION,
    BACKPROP,
    SEE_INSIDE,
    POINTS,
    PLAY,
    TRY_IT,
    GENERATE,
    WRITING,
    FEEDS,
    CODE,
    DIFFERENCES,
    ABOUT_NETWORK,
    HISTORY,
    REFERENCE,
    HEATMAP,
    MAP_SIZES,
    LEARNER_MAP,
    DASHBOARD,
    COMPARISON,
    PICTURES,
    PRESENTATION,
    LESSONS,
    ZOO,
    BLOCKS,
    START_FROM,
    FINDING,
    TRAINING_PLACE,
    ELSEWHERE,
    START_PAGE,
    EXPERIMENTS,
    CAPSULES,
    SEARCH,
    RUN_LIST,
)
