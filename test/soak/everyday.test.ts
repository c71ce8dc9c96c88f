import { FEW, FEW_PACKAGES, MORE, MORE_PACKAGES } from "../programs/everyday";
import { everydayPrograms } from "../programs/everyday-suite";

// All that test/programs has, in an image that takes some minutes to build.

everydayPrograms([...FEW, ...MORE], [...FEW_PACKAGES, ...MORE_PACKAGES], 900_000);
