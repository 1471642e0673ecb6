#!/usr/bin/env bash
# A batch on a Slurm cluster: every task of the array draws its part.
#
#     sbatch lucid-array.sh units.yaml pictures
#     sbatch --array=0-31 --cpus-per-task=8 lucid-array.sh units.yaml pictures
#
# The folder lies where all nodes see it. A task that is preempted, or comes near its time limit, stops after the step that it
# is in and is queued again, until everything is drawn; a manifest with mistakes (65) is not tried again. LUCID names the
# program if it is not in the PATH.
#SBATCH --job-name=lucid
#SBATCH --array=0-7
#SBATCH --cpus-per-task=2
#SBATCH --mem-per-cpu=1G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=lucid-%A_%a.log

# The part comes from SLURM_ARRAY_TASK_ID and its kin. In the background, since a shell that waits for a command in the
# foreground does not hear signals.
"${LUCID:-lucid}" batch "${1:?the manifest}" --output "${2:?the folder for the pictures}" --threads "${SLURM_CPUS_PER_TASK:-1}" &
batch=$!
trap 'kill -TERM "$batch"' TERM INT
status=128
while ((status >= 128)) && kill -0 "$batch" 2>/dev/null; do # a wait that a signal ended
    wait "$batch"
    status=$?
done
wait "$batch" 2>/dev/null
status=$?

# 75: there is work left. Where the site has RequeueExit=75 this is one requeue as well.
if ((status == 75)); then scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; fi
exit "$status"
